"""The main job from a terminal, through the same database and queue as the pages."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation import actions, queues
from generation.actions.generate import DEFAULT_MODEL
from generation.models import GenerationJob
from generation.status import ENDED, Status
from projects import access, assets, people
from projects import actions as projects_actions
from projects.models import Asset, Project, Scene
from projects.problems import Problem

LOOK_SECONDS = 0.2
BAR_WIDTH = 30


class Command(BaseCommand):
    help = "Generate a take and wait until its clip is on disk; prints the path. Needs a running studio."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="the project's id or name; made when it is missing")
        parser.add_argument("scene", help="the scene's id (scene-1) or name; made when it is missing")
        parser.add_argument("--image", required=True, metavar="FILE", help="the first frame")
        parser.add_argument("--prompt", required=True, metavar="TEXT")
        parser.add_argument("--model", default=DEFAULT_MODEL)
        parser.add_argument("--ratio", default="1280:720")
        parser.add_argument("--duration", type=int, default=5, help="seconds")
        parser.add_argument("--seed", type=int)
        parser.add_argument("--confirm-refused", action="store_true", help="send what moderation refused before")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            job = self._ask(options)
            self._wait(job)
        except Problem as problem:
            raise CommandError(problem.message) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped waiting; the generation goes on in the studio.") from None
        if job.status != Status.COMPLETED or job.asset is None:
            raise CommandError(job.error_message or f"The generation is {job.status}.")
        self.stdout.write(str(job.asset.path))

    def _ask(self, options: dict[str, Any]) -> GenerationJob:
        picture = Path(options["image"])
        if not picture.is_file():
            raise CommandError(f"--image: there is no file {picture}.")
        _studio_must_run()
        owner, _ = people.ensure_owner()
        project = _project(owner, options["project"])
        scene = _scene(project, options["scene"])
        image = _image(scene, picture)
        job, _ = actions.generate(
            owner,
            scene,
            model=options["model"],
            prompt_text=options["prompt"],
            ratio=options["ratio"],
            duration=options["duration"],
            seed=options["seed"],
            image=image,
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
    mine = access.projects_of(owner)
    found = mine.filter(slug=name).first() or mine.filter(name=name).first()
    return found or projects_actions.create_project(owner, name)


def _scene(project: Project, name: str) -> Scene:
    scenes = project.scenes.filter(trashed_at=None)
    for scene in scenes:
        if name in (scene.folder_name, scene.name):
            return scene
    return projects_actions.create_scene(project, name)


def _image(scene: Scene, picture: Path) -> Asset:
    if picture.stat().st_size > settings.MAX_IMAGE_BYTES:
        raise CommandError(f"--image: a picture may have at most {settings.MAX_IMAGE_BYTES // 2**20} MB.")
    return assets.store_upload(scene, picture.name, [picture.read_bytes()], only=Asset.Kind.IMAGE, field="image")
