"""Pauses of a project or of the whole studio: nothing new is sent while they last, running tasks continue."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet

from generation.models.pause import Pause
from projects.models import Project

# the `waiting_code` of a job that a pause holds back
WAITING_CODE = "paused"
# no slug is spelled so, and it sorts before every slug, as find_pause() needs it
STUDIO_SCOPE = "*"


def scope(project: Project | None) -> str:
    """Return the key of a project's pause, or of the studio's."""
    return project.slug if project else STUDIO_SCOPE


def find_pause(project: Project) -> Pause | None:
    """Return the pause that holds back a project's jobs, the studio's before its own."""
    return Pause.objects.select_related("project", "paused_by").filter(_applies_to(project.pk)).first()


def is_paused() -> Exists:
    """Return the condition, within a query over jobs, that a pause holds the job back."""
    return Exists(Pause.objects.filter(_applies_to(OuterRef("project"))))


def visible_pauses(user: User | AnonymousUser) -> QuerySet[Pause]:
    """Select the pauses that may hold back the takes of a person: the studio's, and those of their projects."""
    # nobody has the id 0: who is not signed in sees the studio's pause alone
    own_projects = Q(project__memberships__user_id=user.pk or 0, project__trashed_at=None)
    return Pause.objects.select_related("project", "paused_by").filter(Q(project=None) | own_projects)


def _applies_to(project: object) -> Q:
    return Q(project=None) | Q(project=project)
