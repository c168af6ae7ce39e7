"""`manage.py rebuild`: rows for everything that stands in PROJECTS_ROOT and has none."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from projects.access.sign_in import ensure_owner
from projects.mirror import rebuild


class Command(BaseCommand):
    help = "Make the rows of projects, scenes, files and takes anew from the folders; new projects are the owner's."

    def handle(self, *args: object, **options: object) -> None:
        owner, _ = ensure_owner()
        result = rebuild.rebuild(owner)
        for note in result.notes:
            self.stdout.write(note)
        self.stdout.write(
            f"New: {result.projects} projects, {result.scenes} scenes, {result.files} files, {result.jobs} takes."
        )
