"""`manage.py handover`: write the cut of a project for an editing program."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from film.actions import handovers
from film.handover.formats import FORMATS
from generation.management.errors import command_errors
from generation.management.names import find_project
from projects.access.sign_in import ensure_owner
from projects.disk.atomic import IncomingFile
from projects.models import Project
from projects.problems import reason_of


class Command(BaseCommand):
    """Write the cut of a project as a file, or with its media as a zip archive."""

    help = (
        "Write the cut of a project for an editing program. What the format cannot carry goes to stderr;"
        " stdout has the path of the file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("project", help="the project's id or name")
        parser.add_argument("--format", required=True, choices=FORMATS, help="of the file")
        parser.add_argument("--media", action="store_true", help="a zip archive with the file and all its media")
        parser.add_argument("--handles", type=int, metavar="N", help="frames that the editor wants beside each cut")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="where to write it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command. Raise CommandError where nothing was written."""
        with command_errors("Nothing was written."):
            owner, _ = ensure_owner()
            project = find_project(owner, options["project"])
            if project is None:
                raise CommandError(f"There is no project {options['project']}.")
            parts, report = _parts(project, options)
        _write(options["output"], parts)
        for sentence in report:
            self.stderr.write(sentence)
        self.stdout.write(str(options["output"]))


def _parts(project: Project, options: dict[str, Any]) -> tuple[Iterable[bytes], tuple[str, ...]]:
    format, handles = options["format"], options["handles"]
    if options["media"]:
        handover, parts = handovers.hand_over_with_media(project, format, handles=handles)
        return parts, handover.report
    # the file is for this machine: it has the addresses of the media here
    handover = handovers.hand_over(project, format, root=project.path.resolve(), handles=handles)
    return [handover.data], handover.report


def _write(path: Path, parts: Iterable[bytes]) -> None:
    """Write a whole file or none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with IncomingFile(path.parent) as incoming:
            for part in parts:
                incoming.write(part)
            incoming.replace(path.name)
    except OSError as error:
        raise CommandError(f"{path} was not written: {reason_of(error)}.") from None
