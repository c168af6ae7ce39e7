"""`manage.py check_folders`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from projects.actions.by_name import projects_by_name
from projects.actions.check_folders import FolderCheck, check_folders
from projects.models import Project
from projects.problems import Problem


class Command(BaseCommand):
    """Say where the database and the projects' folders disagree."""

    help = (
        "Compare the database with the folders. Nothing is changed without --repair, and nothing is deleted with it. "
        "Exit code 0 when all agree, 1 when not, 2 when the check could not be made."
    )
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the project and the options."""
        parser.add_argument("project", nargs="?", help="id or name; all projects without it")
        parser.add_argument("--repair", action="store_true", help="bring rows and folders together")
        parser.add_argument("--deep", action="store_true", help="read every file, not only those that have changed")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and print what was found."""
        projects = self._projects(options["project"])
        result = check_folders(projects, repair=options["repair"], deep=options["deep"])
        if options["json"]:
            self.stdout.write(json.dumps(result.as_dict(), ensure_ascii=False))
        else:
            self._print(result, repair=options["repair"])
        if not result.agrees:
            sys.exit(1)

    def _projects(self, name: str | None) -> list[Project]:
        projects = list(Project.objects.filter(trashed_at=None).order_by("slug"))
        if name is None:
            return projects
        try:
            project = projects_by_name(projects).find(name)
        except Problem as problem:
            raise CommandError(problem.message, returncode=2) from None
        if project is None:
            raise CommandError(f"There is no project {name}.", returncode=2)
        return [project]

    def _print(self, result: FolderCheck, *, repair: bool) -> None:
        for finding in result.findings:
            self.stdout.write(f"{finding.kind}: {finding.path}: {finding.detail}")
        count = len(result.findings)
        words = f"{count} finding{pluralize(count)} in {len(result.projects)} project{pluralize(result.projects)}"
        self.stdout.write(f"{words}, {result.repaired} repaired." if repair else f"{words}.")
