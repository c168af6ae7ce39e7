"""A pause of a project, or of the whole studio."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from projects.models import Project


class Pause(models.Model):
    """As long as the row stands."""

    scope = models.CharField(max_length=63, primary_key=True, help_text="the project's slug; * is the whole studio")
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="pauses")
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        # the whole studio's first
        ordering = ["scope"]

    def __str__(self) -> str:
        return self.project.name if self.project else "the whole studio"

    @property
    def words(self) -> str:
        """For a job that waits."""
        what = "The film" if self.project_id else "The queue"
        return f"{what} is paused by {self.paused_by or 'somebody'}; it goes on when the pause ends."
