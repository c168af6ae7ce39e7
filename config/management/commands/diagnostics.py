"""`manage.py diagnostics`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.monitoring.diagnostics import write_diagnostics


class Command(BaseCommand):
    """Gather what somebody needs who helps from afar, without secrets."""

    help = "Write settings without keys, versions, counts and troubles into a ZIP file."
    # it is for a studio that is not well
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the file."""
        parser.add_argument("--output", type=Path, default=Path("dailies-diagnostics.zip"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        output: Path = options["output"].absolute()
        try:
            write_diagnostics(output)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"Wrote {output}. It has no keys and no passwords; names of accounts may be in logs.")
