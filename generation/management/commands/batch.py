"""`manage.py batch`: start the batch of a shot list, or show what it would cost."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import pluralize

from generation.batches.create import batch_digest, create_batch
from generation.batches.list_file import MAX_BYTES, list_text
from generation.batches.plan import Plan, PlannedItem
from generation.batches.planner import Planner
from generation.batches.row import Row
from generation.batches.shotlist import read_shot_list
from generation.batches.summary import summarize
from generation.forms.credit_limit import read_credit_limit
from generation.management.errors import command_errors
from generation.management.names import find_project
from generation.management.progress import Progress, follow
from generation.models.batch import Batch
from projects.access.sign_in import ensure_owner
from projects.disk.name_matching import find_file
from projects.models import Project
from projects.text.credit_words import credit_words

READ_SECONDS = 0.5
STDIN = "-"
MAX_NAME_LENGTH = 200


class Command(BaseCommand):
    """Start every row of a shot list as one batch; the same as the batch pages."""

    help = (
        "Start every row of a shot list (CSV, Excel, OpenDocument or JSON) as one batch."
        " If any row is wrong, nothing is started."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("project", help="the project's id or name")
        parser.add_argument("file", help="the shot list: .csv, .xlsx, .ods or .json; - reads it from stdin")
        parser.add_argument("--name", default="", help="the batch's name; the file's name by default")
        parser.add_argument(
            "--max-credits",
            metavar="N",
            help="the most that each take may cost: reserved where its price is not known yet, which a budget asks for",
        )
        parser.add_argument("--preview", action="store_true", help="only show what it would cost")
        parser.add_argument("--key", help="an Idempotency-Key: the same key gives the same batch again")
        parser.add_argument(
            "--wait", action="store_true", help="wait until all takes have ended; exit 0 only if all are completed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command. Raise CommandError for whatever keeps the batch from starting."""
        with command_errors("Nothing was started."):
            rows = _read_list(options["file"])
            owner, _ = ensure_owner()
            project = find_project(owner, options["project"])
            if project is None:
                raise CommandError(f"There is no project {options['project']}.")
            if options["preview"]:
                self._write_plan(
                    Planner(owner, project, max_credits=read_credit_limit(options["max_credits"])).plan(rows)
                )
            else:
                self._follow(_start(owner, project, rows, options), wait=options["wait"])

    def _write_plan(self, plan: Plan) -> None:
        for item in plan.items:
            self.stdout.write(f"row {item.row}: {item.scene.folder_name}, {item.model.name}, {_price(item)}")
        takes, credits = len(plan.items), credit_words(plan.known_credits)
        self.stdout.write(f"{takes} take{pluralize(takes)}, {credits}, {plan.free} for nothing")
        for model in plan.forecast():
            self.stdout.write(f"{model.model}: {model.sentence}")

    def _follow(self, batch: Batch, *, wait: bool) -> None:
        """Show how the batch is doing, until it has ended if the command waits for it."""
        follow(lambda: _progress(batch, wait=wait), self.stderr, READ_SECONDS)
        # stdout has the address alone, for scripts
        self.stdout.write(f"/projects/{batch.project.slug}/batches/{batch.pk}/")
        state = summarize(batch).state
        if wait and state != "completed":
            raise CommandError(f"The batch is {state}.")


def _price(item: PlannedItem) -> str:
    if item.is_free:
        return f"{credit_words(0)}, paid before"
    if item.credits is None:
        limit = "" if item.max_credits is None else f", at most {credit_words(item.max_credits)}"
        return f"price not known{limit}"
    return f"{credit_words(item.credits)}, {item.quote.estimate.words}"


def _progress(batch: Batch, *, wait: bool) -> Progress:
    summary = summarize(batch)
    text = f"{summary.ended} of {summary.total}: {summary.states}"
    return Progress(summary.progress, text, has_ended=not wait or not summary.unfinished)


def _start(owner: User, project: Project, rows: Sequence[Row], options: dict[str, Any]) -> Batch:
    file_name = Path(options["file"]).stem if options["file"] != STDIN else ""
    batch, _ = create_batch(
        owner,
        project,
        rows,
        name=(options["name"] or file_name)[:MAX_NAME_LENGTH],
        idempotency_key=options["key"] or str(uuid.uuid4()),
        max_credits=read_credit_limit(options["max_credits"]),
        digest=batch_digest(project.slug, [dict(row.values) for row in rows]),
    )
    return batch


def _read_list(file: str) -> list[Row]:
    """Return the rows of the list in a file, or on stdin. Raise Problem 422 for what is no list."""
    path = None if file == STDIN else find_file(Path(file)) or Path(file)
    try:
        with path.open("rb") if path else nullcontext(sys.stdin.buffer) as source:
            # one more than allowed, so that a larger file is refused without being read
            data = source.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    return read_shot_list(list_text(data), file)
