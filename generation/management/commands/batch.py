"""A shot list from a terminal: what it costs, or the batch itself, through the same door as the pages."""

from __future__ import annotations

import sys
import time
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.batches import create, serializers, shotlist
from generation.batches.planner import Plan, Planner
from generation.engine import forecast as quota
from generation.models.batch import Batch
from generation.serializers import plain_number
from projects.access import permissions
from projects.access.sign_in import ensure_owner
from projects.problems import Problem

LOOK_SECONDS = 0.5


class Command(BaseCommand):
    help = "Ask for every row of a shot list (CSV or JSON) as one batch. All or nothing: a wrong row stops it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="the project's id or name")
        parser.add_argument("file", help="the shot list, .csv or .json; - reads it from the input")
        parser.add_argument("--name", default="", help="of the batch")
        parser.add_argument("--preview", action="store_true", help="only say what it would cost")
        parser.add_argument("--key", help="an Idempotency-Key: the same one again gives the same batch")
        parser.add_argument(
            "--wait", action="store_true", help="until all of it has ended; exit 0 only when all is done"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = shotlist.read(_text(options["file"]), options["file"])
            owner, _ = ensure_owner()
            mine = permissions.projects_of(owner)
            project = mine.filter(slug=options["project"]).first() or mine.filter(name=options["project"]).first()
            if project is None:
                raise CommandError(f"There is no project {options['project']}.")
            if options["preview"]:
                self._tell(Planner(owner, project).plan(rows))
                return
            name = options["name"] or (Path(options["file"]).stem if options["file"] != "-" else "")
            key, digest = (
                options["key"] or str(uuid.uuid4()),
                create.digest(project.slug, [dict(r.given) for r in rows]),
            )
            batch, _ = create.start(owner, project, rows, name=name[:200], idempotency_key=key, digest=digest)
        except Problem as problem:
            lines = [field.message for field in problem.fields] or [problem.message]
            raise CommandError("\n".join([*lines, "Nothing was started."] if problem.fields else lines)) from None
        self._follow(batch, wait=options["wait"])

    def _tell(self, plan: Plan) -> None:
        for item in plan.items:
            price = "0, paid before" if item.is_free else plain_number(item.credits)
            self.stdout.write(f"row {item.row}: {item.scene.folder_name}, {item.model.name}, {price} credits")
        self.stdout.write(
            f"{len(plan.items)} takes, {plain_number(plan.known_credits)} credits, {plan.free} for nothing"
        )
        for found in quota.forecast([(i.model.name, i.parameters, i.credits) for i in plan.items if not i.is_free]):
            self.stdout.write(f"{found.model}: {found.sentence}")

    def _follow(self, batch: Batch, *, wait: bool) -> None:
        shown = ""
        while True:
            found = serializers.summary(batch)
            words = f"{found.ended} of {found.total}, {found.progress} %: " + ", ".join(
                f"{n} {s}" for s, n in found.parts
            )
            if words != shown:
                self.stderr.write(words)
                shown = words
            if not wait or not found.unfinished:
                break
            time.sleep(LOOK_SECONDS)
        self.stdout.write(f"/projects/{batch.project.slug}/batches/{batch.pk}/")
        if wait and found.state != "completed":
            raise CommandError(f"The batch is {found.state}.")


def _text(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{name} is no text in UTF-8.") from None
