"""`manage.py backup`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config.backup.archive import BackupProblem
from config.backup.write import write_backup


class Command(BaseCommand):
    """Back up the database and the journal, also while the studio runs."""

    help = "Back up the database and the journal of Runway's tasks, also while the studio runs."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the file."""
        parser.add_argument("--output", type=Path, required=True, help="the file to write; an earlier one is replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, and say what it does not have."""
        output: Path = options["output"].absolute()
        try:
            write_backup(output)
        except BackupProblem as problem:
            raise CommandError(str(problem)) from None
        if connection.vendor == "postgresql":
            self.stdout.write("The database is not in it, since it is in PostgreSQL. Back it up first, with pg_dump.")
        self.stdout.write(f"Wrote {output}. Copy the folders of the films too: {settings.PROJECTS_ROOT}")
