"""A pause of a project, or of the whole studio: nothing new is sent meanwhile, what Runway has goes on."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet

from generation.models.pause import Pause
from projects.models import Project

# what a job that waits for the end of a pause says as its `waiting_code`
CODE = "paused"
STUDIO = "*"


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
