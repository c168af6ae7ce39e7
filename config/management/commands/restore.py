"""`manage.py restore`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config.backup.archive import BackupProblem
from config.backup.restore import restore_backup


class Command(BaseCommand):
    """Restore a backup into an empty DATA_DIR."""

    help = "Restore a backup of `manage.py backup` into an empty DATA_DIR."
    # they need tables, which are what is restored
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore it, and say what comes next."""
        try:
            contents = restore_backup(options["file"].absolute())
        except BackupProblem as problem:
            raise CommandError(str(problem)) from None
        if connection.vendor == "postgresql":
            self.stdout.write("The database is not in it. Restore the dump of pg_dump with pg_restore.")
        self.stdout.write(f"Restored the backup of {contents.created_at}, made by version {contents.version}.")
        self.stdout.write(
            f"Copy the folders of the films to {settings.PROJECTS_ROOT}, and start the studio. "
            "Everybody has to sign in again: manage.py signinlink prints a link."
        )
