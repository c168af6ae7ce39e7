"""The main job from a terminal, through the same database and queue as the pages."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import pluralize

from generation import actions
from generation.actions.generate import DEFAULT_MODEL, DURATION, RATIO, model_of, ours
from generation.engine import queues
from generation.forms import settings
from generation.forms.data import text_of
from generation.models import GenerationJob
from generation.models.status import ENDED, Status
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.serializers import plain_number
from projects import actions as projects_actions
from projects.access import permissions
from projects.access.sign_in import ensure_owner
from projects.models import Project, Scene
from projects.problems import Problem

LOOK_SECONDS = 0.2
BAR_WIDTH = 30


class Command(BaseCommand):
    help = (
        "Generate a take, or whatever else a model makes, and wait until it is on disk; prints the path."
        " Needs a running studio. Kinds: " + ", ".join(catalog.kinds()) + "."
    )
    requires_system_checks = []  # the studio is checked at its start, and that takes longer than this

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="the project's id or name; made when it is missing")
        parser.add_argument("scene", help="the scene's id (scene-1) or name; made when it is missing")
        parser.add_argument("--image", metavar="FILE", help="the first frame, or the picture that it is made from")
        parser.add_argument("--prompt", metavar="TEXT")
        parser.add_argument("--kind", default=catalog.DEFAULT_KIND, help="by default %(default)s")
        parser.add_argument("--model", help=f"by default {DEFAULT_MODEL}, of another kind its first")
        parser.add_argument("--ratio", help=f"of a take from a picture by default {RATIO}")
        parser.add_argument("--duration", help=f"seconds; of a take from a picture by default {DURATION}")
        parser.add_argument("--seed")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            dest="given",
            help="any field of the model by Runway's name, as often as needed: --set voice=Maya, --set"
            " audioUri=voice.wav, --set referenceImages=a.png,b.png, --set keyframes.0.at=0.5, or JSON",
        )
        parser.add_argument("--price", action="store_true", help="only say what it would cost")
        parser.add_argument("--confirm-refused", action="store_true", help="send what moderation refused before")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            model = _model(options)
            parameters = settings.read(model, _settings(model, options))
            known = settings.measures(model, parameters)
            if options["price"]:
                credits = model.max_credits(parameters, known)
                self.stdout.write(
                    "not known" if credits is None else f"{plain_number(credits)} credit{pluralize(credits)}"
                )
                return
            job = self._ask(model, parameters, options)
            self._wait(job)
        except Problem as problem:
            raise CommandError("\n".join(each.message for each in problem.fields) or problem.message) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped waiting; the generation goes on in the studio.") from None
        if job.status != Status.COMPLETED or not job.outputs:
            raise CommandError(job.error_message or f"The generation is {job.status}.")
        for made in job.outputs:
            self.stdout.write(str(job.project.path / made["path"]))

    def _ask(self, model: CatalogModel, parameters: dict[str, Any], options: dict[str, Any]) -> GenerationJob:
        _studio_must_run()
        owner, _ = ensure_owner()
        project = _project(owner, options["project"])
        scene = _scene(project, options["scene"])
        settings.store(scene, model, parameters)
        job, _ = actions.create_job(
            owner,
            scene,
            kind=model.kind,
            model=model.name,
            parameters=parameters,
            confirm_refused=options["confirm_refused"],
        )
        return job

    def _wait(self, job: GenerationJob) -> None:
        """A bar that moves on a terminal, one line per news elsewhere."""
        live, shown = self.stderr.isatty(), ""
        while True:
            job.refresh_from_db()
            words = job.waiting_message or job.status
            news = f"{_bar(job.progress)} {job.progress:3d} %  {words}" if live else words
            if news != shown:
                self.stderr.write(f"\r\x1b[K{news}" if live else news, ending="" if live else "\n")
                shown = news
            if job.status in ENDED:
                self.stderr.write("", ending="\n" if live else "")
                return
            time.sleep(LOOK_SECONDS)


def _studio_must_run() -> None:
    if not queues.redis_answers() or not queues.live_workers():
        raise CommandError("Dailies is not running: start it with `make run`, and repeat this in another terminal.")


def _bar(progress: int) -> str:
    full = round(BAR_WIDTH * progress / 100)
    return "█" * full + "░" * (BAR_WIDTH - full)


def _project(owner: User, name: str) -> Project:
    mine = permissions.projects_of(owner)
    found = mine.filter(slug=name).first() or mine.filter(name=name).first()
    return found or projects_actions.create_project(owner, name)


def _scene(project: Project, name: str) -> Scene:
    scenes = project.scenes.filter(trashed_at=None)
    for scene in scenes:
        if name in (scene.folder_name, scene.name):
            return scene
    return projects_actions.create_scene(project, name)


def _model(options: dict[str, Any]) -> CatalogModel:
    kind = options["kind"]
    first = DEFAULT_MODEL if kind == catalog.DEFAULT_KIND else next((each.name for each in catalog.models(kind)), "")
    return model_of(kind, options["model"] or first)


def _settings(model: CatalogModel, options: dict[str, Any]) -> list[str]:
    """What is usual, then the short names, then what was set by name."""
    if model.kind == catalog.DEFAULT_KIND:
        usual = {"ratio": ours(model, "ratio", RATIO), "duration": ours(model, "duration", DURATION)}
    else:
        usual = {name: model.value_or_default({}, name) for name, field in model.fields.items() if field.required}
    short = {"promptText": options["prompt"], **{name: options[name] for name in ("ratio", "duration", "seed")}}
    if options["image"] is not None:
        short["imageUri" if "imageUri" in model.fields else "promptImage"] = options["image"]
    given = {name: value for name, value in short.items() if value is not None}
    told = {name: value for name, value in {**usual, **given}.items() if value is not None}
    return [*(f"{name}={text_of(value)}" for name, value in told.items()), *options["given"]]
