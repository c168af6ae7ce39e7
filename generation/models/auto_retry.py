"""The automatic retry of a project: takes that fail quality control are generated again, within limits."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from projects.models import Project


class AutoRetry(models.Model):
    """Automatic retry is on while the row exists and its person may spend on the project."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="auto_retry")
    # the person who switched it on or last set its limits; retries are created in their name
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    takes = models.PositiveSmallIntegerField(help_text="automatic retries of one take, 1 to 3")
    credits = models.DecimalField(
        max_digits=12, decimal_places=2, help_text="for all automatic retries since it was switched on"
    )
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.project} (takes: {self.takes}, credits: {self.credits})"
