"""Projects."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone


class Project(models.Model):
    """A film; one folder, `PROJECTS_ROOT/{slug}/`. The API calls the slug `projectId`; a rename never changes it."""

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # who moved it to the trash
    trashed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    # scene numbers are never reused
    next_scene_number = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["-updated_at", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """The folder of the project."""
        return Path(settings.PROJECTS_ROOT) / self.slug
