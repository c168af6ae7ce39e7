"""`manage.py bundle`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from projects.actions.bundles import bundle_parts
from projects.actions.by_name import projects_by_name
from projects.disk.atomic import IncomingFile
from projects.models import Project
from projects.problems import Problem


class Command(BaseCommand):
    """Write a project as one zip."""

    help = "Write a project's folder as one zip, for another studio or for keeping. The last line is the path."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the project and the file."""
        parser.add_argument("project", help="id or name")
        parser.add_argument("--output", required=True, type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file; it appears under its name when it is whole."""
        output: Path = options["output"].absolute()
        try:
            project = projects_by_name(Project.objects.filter(trashed_at=None)).find(options["project"])
        except Problem as problem:
            raise CommandError(problem.message) from None
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            with IncomingFile(output.parent) as incoming:
                for part in bundle_parts(project):
                    incoming.write(part)
                incoming.replace(output.name)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
        self.stdout.write(str(output))
