"""`manage.py unbundle`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from projects.access.sign_in import ensure_owner
from projects.actions import bundles
from projects.problems import Problem


class Command(BaseCommand):
    """Make a project of a bundle."""

    help = "Make a project of a bundle; it becomes the studio owner's. The last line is its id."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the file and the id."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="slug", default="", help="the id of the project, such as my-film")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and print what differs."""
        file: Path = options["file"]
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        owner, _ = ensure_owner()
        try:
            result = bundles.unbundle(owner, file, options["slug"])
        except Problem as problem:
            raise CommandError(problem.message) from None
        for note in result.notes:
            self.stdout.write(note)
        self.stdout.write(result.project.slug)
