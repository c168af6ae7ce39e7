"""Invitations to projects."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from projects.models.membership import Membership
from projects.models.project import Project


class Invitation(models.Model):
    """A link that lets one person into a project, stored as a digest; the link itself is shown once."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=6, choices=Membership.Role.choices)
    may_spend = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.project}: {self.role}"
