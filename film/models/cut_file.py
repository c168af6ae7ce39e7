"""How far the file of a cut is behind its rows."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from projects.models import Project


class CutFile(models.Model):
    """cut.otio of a project. `version` increases with each change that it may show."""

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=1)
    written_version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            # what the sweep asks for every few seconds
            models.Index(fields=["project"], condition=Q(written_version__lt=F("version")), name="cuts_behind"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} version {self.version}, written {self.written_version}"
