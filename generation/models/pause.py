"""A pause of a project, or of the whole studio."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Project


class Pause(models.Model):
    """Queued jobs of the project, or of every project, are held back while the row exists."""

    scope = models.CharField(max_length=63, primary_key=True, help_text="the project's slug; * is the whole studio")
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="pauses")
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        # the whole studio's first
        ordering = ["scope"]

    def __str__(self) -> str:
        return self.project.name if self.project else _("the whole studio")

    @property
    def waiting_message(self) -> str:
        """Return the reason that a held job shows."""
        subject = _("The project") if self.project_id else _("The queue")
        return _("{subject} was paused by {person}. Takes are sent when it resumes.").format(
            subject=subject, person=self.paused_by or _("a former member")
        )
