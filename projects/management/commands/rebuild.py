"""`manage.py rebuild`."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from projects.access.sign_in import ensure_owner
from projects.mirror import rebuild


class Command(BaseCommand):
    """Rebuild the rows from the folders, for a database that was lost."""

    help = (
        "Create the missing rows of projects, scenes, files and takes from the folders. "
        "New projects become the owner's."
    )

    def handle(self, *args: object, **options: object) -> None:
        """Rebuild, and print what was left out and what is new."""
        owner, _ = ensure_owner()
        result = rebuild.rebuild(owner)
        for note in result.notes:
            self.stdout.write(note)
        self.stdout.write(
            f"New: {result.projects} projects, {result.scenes} scenes, {result.files} files, {result.jobs} takes."
        )
