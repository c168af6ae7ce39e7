"""Pause and resume the queue of a project, or of the whole studio."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from generation.engine import pauses
from generation.models import GenerationJob, JobQuerySet, Pause
from generation.models.job_message import job_message
from projects import mirror
from projects.access import permissions
from projects.live import publish
from projects.models import Project
from projects.problems import forbidden


def pause(user: User, project: Project | None) -> Pause:
    """Send nothing new of a project, or for None of the whole studio, and return the pause. Raise Problem 403.

    A second pause changes nothing.
    """
    _check_right(user, project)
    with transaction.atomic():
        # one row for each scope, so that two people who pause at once make one pause
        row, is_new = Pause.objects.get_or_create(
            scope=pauses.scope(project), defaults={"project": project, "paused_by": user}
        )
        if is_new:
            # a job that waits for a time of its own keeps that reason
            held = _queued_jobs(project).filter(Q(due_at=None) | Q(due_at__lte=timezone.now()))
            _set_waiting_reason(held, pauses.WAITING_CODE, row.waiting_message)
            _note_change(project)
    return row


def resume(user: User, project: Project | None) -> None:
    """End a pause; queued jobs are sent within a few seconds, unless the studio is paused too. Raise Problem 403."""
    _check_right(user, project)
    with transaction.atomic():
        Pause.objects.filter(scope=pauses.scope(project)).delete()
        held = _queued_jobs(project).filter(waiting_code=pauses.WAITING_CODE)
        # all at once, since the statements below write them in several parts
        list(held.locked().values_list("pk"))
        _set_waiting_reason(held.filter(~pauses.is_paused()), "", "")
        # jobs that another pause still holds back show that one, the studio's in the end
        for other in Pause.objects.select_related("project", "paused_by").order_by("-scope"):
            still_held = held.filter(project=other.project) if other.project else held
            other_reason = still_held.exclude(waiting_message=other.waiting_message)
            _set_waiting_reason(other_reason, pauses.WAITING_CODE, other.waiting_message)
        _note_change(project)


def _check_right(user: User, project: Project | None) -> None:
    if project is None and not user.is_staff:
        raise forbidden(_("Only the studio's staff can pause the whole queue. Pause your project instead."))
    if project is not None and not permissions.has_right(user, project, "spend"):
        raise forbidden(_("Only people who may spend credits on this project can pause its queue. Ask its owner."))


def _queued_jobs(project: Project | None) -> JobQuerySet:
    queued = GenerationJob.objects.queued()
    return queued.filter(project=project) if project else queued


def _note_change(project: Project | None) -> None:
    """Tell the browsers, which show a pause also where nothing is queued, and let the project's folder follow."""
    if project:
        mirror.changed_document(project)
    publish.publish_on_commit([{"type": "pauses_changed", "data": {"projectId": project.slug if project else None}}])


def _set_waiting_reason(jobs: JobQuerySet, code: str, message: str) -> None:
    """Set the reason of many jobs in one statement, and tell the browsers; their histories stay as they are."""
    now = timezone.now()
    jobs.update_in_order(
        waiting_code=code,
        waiting_message=message,
        waiting_since=now if code else None,
        version=F("version") + 1,
        changed_at=now,
    )
    # `update()` does not return its rows; this moment is on those that it has changed, and on hardly any other
    changed = GenerationJob.objects.with_related().queued().filter(changed_at=now, waiting_code=code)
    publish.publish_on_commit([job_message(job) for job in changed])
