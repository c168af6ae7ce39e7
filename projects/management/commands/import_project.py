"""`manage.py import_project`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from projects.access.sign_in import ensure_owner
from projects.mirror import rebuild
from projects.problems import Problem


class Command(BaseCommand):
    """Make the rows of projects from their folders."""

    help = (
        "Make the rows of projects from their folders: scenes, files, takes with their history and costs, members, "
        "budgets, the cut. Running it again makes no more."
    )
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the folders."""
        parser.add_argument("folder", nargs="*", help="the id of a project, or the path of its folder")
        parser.add_argument("--all", action="store_true", help="every folder under PROJECTS_ROOT")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and print what was left out and what is new."""
        if bool(options["folder"]) == options["all"]:
            raise CommandError("Name the folders of projects, or use --all.")
        folders = None if options["all"] else [self._path(text) for text in options["folder"]]
        owner, _ = ensure_owner()
        try:
            result = rebuild.rebuild(owner, folders)
        except Problem as problem:
            raise CommandError(problem.message) from None
        for note in result.notes:
            self.stdout.write(note)
        counts = {"project": result.projects, "scene": result.scenes, "file": result.files, "take": result.jobs}
        words = [f"{count} {noun}{pluralize(count)}" for noun, count in counts.items()]
        self.stdout.write(f"New: {', '.join(words)}.")

    def _path(self, text: str) -> Path:
        in_root = Path(settings.PROJECTS_ROOT) / text
        return in_root if "/" not in text and in_root.is_dir() else Path(text)
