"""Members of projects."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from projects.models.project import Project


class Membership(models.Model):
    """A person in a project: their role, and whether they may spend. Each project has exactly one owner."""

    class Role(models.TextChoices):
        """What a member may do: everything, change, or look."""

        OWNER = "owner"
        EDITOR = "editor"
        VIEWER = "viewer"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role.choices)
    may_spend = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_membership_per_person"),
            models.UniqueConstraint(fields=["project"], condition=models.Q(role="owner"), name="one_owner_per_project"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"
