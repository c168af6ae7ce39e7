"""`manage.py clean_up`."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat, pluralize

from projects.actions.by_name import projects_by_name
from projects.actions.clean_up.plan import Plan, make_plan
from projects.actions.clean_up.remove import clean_up
from projects.models import Project
from projects.problems import Problem


class Command(BaseCommand):
    """Remove what goes by the rules of the clean-up."""

    help = (
        "Remove rejected takes, trash, segments and proxies that are older than the rules say. The rules are on the "
        "page /clean-up/; without any nothing goes."
    )
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the project and the dry run."""
        parser.add_argument("project", nargs="?", help="id or name; all projects, and the caches, without it")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go, and what that frees")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what goes, and remove it."""
        project = self._project(options["project"])
        if options["dry_run"]:
            self._print(make_plan(project))
            return
        removed = clean_up(project)
        self.stdout.write(f"Removed {_files(removed.count)}, {_size(removed.bytes)}.")

    def _project(self, name: str | None) -> Project | None:
        if name is None:
            return None
        try:
            project = projects_by_name(list(Project.objects.order_by("slug"))).find(name)
        except Problem as problem:
            raise CommandError(problem.message) from None
        if project is None:
            raise CommandError(f"There is no project {name}.")
        return project

    def _print(self, plan: Plan) -> None:
        for part in plan.parts:
            for asset in part.assets.iterator(1000):
                self.stdout.write(f"{part.label}: {part.project.slug}/{asset.relative_path}: {_size(asset.bytes)}")
        for file in plan.cache:
            self.stdout.write(f"Cache: {file.name}: {_size(file.bytes)}")
        self.stdout.write(f"Would remove {_files(plan.count)}, {_size(plan.bytes)}.")


def _files(count: int) -> str:
    return f"{count} file{pluralize(count)}"


def _size(size: int) -> str:
    return filesizeformat(size).replace("\xa0", " ")
