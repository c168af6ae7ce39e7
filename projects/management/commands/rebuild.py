"""`manage.py rebuild`."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.template.defaultfilters import pluralize

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
        counts = {"project": result.projects, "scene": result.scenes, "file": result.files, "take": result.jobs}
        words = [f"{count} {noun}{pluralize(count)}" for noun, count in counts.items()]
        self.stdout.write(f"New: {', '.join(words)}.")
