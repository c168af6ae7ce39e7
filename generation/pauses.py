"""A pause of a project, or of the whole studio: nothing new is sent meanwhile, what Runway has goes on."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from projects.models import Project

# what a job that waits for the end of a pause says as its `waiting_code`
CODE = "paused"
STUDIO = "*"


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


def scope(project: Project | None) -> str:
    return project.slug if project else STUDIO


def on(project: Project) -> Pause | None:
    """The pause that holds this project's jobs; the studio's before its own."""
    return Pause.objects.select_related("project", "paused_by").filter(_on(project.pk)).first()


def holding() -> Exists:
    """Whether the job of the outer query is held by one."""
    return Exists(Pause.objects.filter(_on(OuterRef("project"))))


def seen_by(user: User | AnonymousUser) -> QuerySet[Pause]:
    """Those that the person's own takes may wait for."""
    mine = Q(project__memberships__user_id=user.pk or 0, project__trashed_at=None)
    return Pause.objects.select_related("project", "paused_by").filter(Q(project=None) | mine)


def _on(project: object) -> Q:
    return Q(project=None) | Q(project=project)
