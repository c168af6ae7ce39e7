"""Hold back what waits, and let it go on."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from generation.engine import pauses
from generation.models import GenerationJob, JobQuerySet, Pause
from generation.models.status import Status
from projects.access import permissions
from projects.live import publish
from projects.models import Project
from projects.problems import forbidden


def pause(user: User, project: Project | None) -> Pause:
    """None is the whole studio. Nothing new is sent from now on; a second pause changes nothing."""
    _may(user, project)
    with transaction.atomic():
        found, new = Pause.objects.get_or_create(
            scope=pauses.scope(project), defaults={"project": project, "paused_by": user}
        )
        if new:
            # what waits for a time of its own keeps that reason
            held = _waiting(project).filter(Q(due_at=None) | Q(due_at__lte=timezone.now()))
            _say(held, pauses.CODE, found.words)
            _tell(project)
    return found


def resume(user: User, project: Project | None) -> None:
    """What waits is sent within a few seconds; a project may still be held by the studio's pause, and says so then."""
    _may(user, project)
    with transaction.atomic():
        Pause.objects.filter(scope=pauses.scope(project)).delete()
        held = _waiting(project).filter(waiting_code=pauses.CODE)
        _say(held.filter(~pauses.holding()), "", "")
        # what is held all the same says by which, the studio's last
        for other in Pause.objects.select_related("project", "paused_by").order_by("-scope"):
            still = held.filter(project=other.project) if other.project else held
            _say(still.exclude(waiting_message=other.words), pauses.CODE, other.words)
        _tell(project)


def _may(user: User, project: Project | None) -> None:
    if project is None and not user.is_staff:
        raise forbidden("The whole queue is paused by the studio's staff: pause your project instead.")
    if project is not None and not permissions.has_right(user, project, "spend"):
        raise forbidden("You may not spend credits on this project, so its queue is not yours to pause: ask its owner.")


def _waiting(project: Project | None) -> JobQuerySet:
    waiting = GenerationJob.objects.filter(status=Status.QUEUED)
    return waiting.filter(project=project) if project else waiting


def _tell(project: Project | None) -> None:
    """The pages, which say so also where nothing waits."""
    publish.publish_on_commit([{"type": "pauses_changed", "data": {"projectId": project.slug if project else None}}])


def _say(jobs: JobQuerySet, code: str, message: str) -> None:
    """Of all of them at once, also to the pages; it is no news of any one job, so their stories say nothing of it."""
    now = timezone.now()
    news: dict[str, Any] = {"waiting_code": code, "waiting_message": message, "waiting_since": now if code else None}
    jobs.update(version=F("version") + 1, changed_at=now, **news)
    changed = GenerationJob.objects.with_related().filter(status=Status.QUEUED, changed_at=now, waiting_code=code)
    publish.publish_on_commit([job.as_message() for job in changed])
