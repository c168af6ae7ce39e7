"""`manage.py generate`: the main job from a terminal, through the same database and queue as the pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation import actions
from generation.actions.generate import DEFAULT_DURATION, DEFAULT_MODEL, DEFAULT_RATIO, find_model, preferred_value
from generation.actions.saved_prompts import fill_parameters
from generation.engine import queues
from generation.forms.credit_limit import read_credit_limit
from generation.forms.local_files import measure_files, store_files
from generation.forms.settings import read_settings
from generation.forms.text_values import format_value
from generation.management.errors import command_errors
from generation.management.names import find_or_create_scene
from generation.management.progress import Progress, follow
from generation.models import GenerationJob
from generation.models.status import ENDED, Status
from generation.money.prices import PriceBook
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.access.sign_in import ensure_owner
from projects.text.credit_words import credit_words

READ_SECONDS = 0.2


class Command(BaseCommand):
    """Generate a take, or another output, and wait for its file."""

    help = (
        "Generate a take, or whatever else a model makes, wait until it is on disk, and print its path."
        " The studio must be running. Kinds: " + ", ".join(catalog.kinds()) + "."
    )
    requires_system_checks = []  # the studio runs them when it starts, and they take longer than this command

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("project", help="the project's id or name; created when it is missing")
        parser.add_argument("scene", help="the scene's id (scene-1) or name; created when it is missing")
        parser.add_argument("--image", metavar="FILE", help="the first frame, or the picture to work from")
        parser.add_argument("--prompt", metavar="TEXT")
        parser.add_argument("--kind", default=catalog.DEFAULT_KIND, help="default: %(default)s")
        parser.add_argument("--model", help=f"default: {DEFAULT_MODEL}; for another kind its first model")
        parser.add_argument("--ratio", help=f"default for a take from a picture: {DEFAULT_RATIO}")
        parser.add_argument("--duration", help=f"seconds; default for a take from a picture: {DEFAULT_DURATION}")
        parser.add_argument("--seed")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            # not "settings", which is an option of Django's own
            dest="field_values",
            help="any field of the model by Runway's name, as often as needed: --set voice=Maya, --set"
            " audioUri=voice.wav, --set referenceImages=a.png,b.png, --set keyframes.0.at=0.5, or JSON",
        )
        parser.add_argument(
            "--max-credits",
            metavar="N",
            help="the most that it may cost: reserved where the price is not known yet, which a budget asks for",
        )
        parser.add_argument("--price", action="store_true", help="only show what it would cost")
        parser.add_argument("--confirm-refused", action="store_true", help="send what moderation refused before")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command. Raise CommandError unless every file is on disk at the end."""
        with command_errors():
            model = _model(options)
            parameters = read_settings(model, _settings(model, options))
            # before anything is created: a missing file is an error of the command line
            media = measure_files(model, parameters)
            if options["price"]:
                self.stdout.write(_price(PriceBook().estimate(model, parameters, media).credits))
                return
            job = _create_job(model, parameters, options)
        self._wait(job)
        if job.status != Status.COMPLETED or not job.outputs:
            raise CommandError(job.error_message or f"The generation is {job.status}.")
        for output in job.outputs:
            self.stdout.write(str(job.project.path / output["path"]))

    def _wait(self, job: GenerationJob) -> None:
        try:
            follow(lambda: _progress(job), self.stderr, READ_SECONDS)
        except KeyboardInterrupt:
            raise CommandError("Stopped waiting. The generation goes on in the studio.") from None


def _progress(job: GenerationJob) -> Progress:
    job.refresh_from_db()
    return Progress(job.progress, job.waiting_message or job.status, has_ended=job.status in ENDED)


def _create_job(model: CatalogModel, parameters: dict[str, Any], options: dict[str, Any]) -> GenerationJob:
    """Create the job in the scene that the options name; the files of the parameters are stored there."""
    if not queues.is_redis_up() or not queues.count_live_workers():
        raise CommandError("Dailies is not running. Start it with `make run`, then repeat this in another terminal.")
    owner, _ = ensure_owner()
    scene = find_or_create_scene(owner, options["project"], options["scene"])
    parameters = fill_parameters(scene, parameters)
    store_files(scene, model, parameters)
    job, _ = actions.create_job(
        owner,
        scene,
        kind=model.kind,
        model=model.name,
        parameters=parameters,
        confirm_refused=options["confirm_refused"],
        max_credits=read_credit_limit(options["max_credits"]),
    )
    return job


def _model(options: dict[str, Any]) -> CatalogModel:
    kind = options["kind"]
    if kind == catalog.DEFAULT_KIND:
        return find_model(kind, options["model"] or DEFAULT_MODEL)
    models = catalog.models(kind)
    return find_model(kind, options["model"] or (models[0].name if models else ""))


def _settings(model: CatalogModel, options: dict[str, Any]) -> list[str]:
    """Return the settings as `field=value`: the defaults, then the options, then those of `--set`."""
    image = "imageUri" if "imageUri" in model.fields else "promptImage"
    fields = {"promptText": "prompt", "ratio": "ratio", "duration": "duration", "seed": "seed", image: "image"}
    given = {field: options[option] for field, option in fields.items() if options[option] is not None}
    values = {name: value for name, value in {**_defaults(model), **given}.items() if value is not None}
    return [*(f"{name}={format_value(value)}" for name, value in values.items()), *options["field_values"]]


def _defaults(model: CatalogModel) -> dict[str, Any]:
    if model.kind == catalog.DEFAULT_KIND:
        preferred = {"ratio": DEFAULT_RATIO, "duration": DEFAULT_DURATION}
        return {name: preferred_value(model, name, value) for name, value in preferred.items()}
    return {name: model.value_or_default({}, name) for name, field in model.fields.items() if field.required}


def _price(credits: Decimal | None) -> str:
    return "not known" if credits is None else credit_words(credits)
