"""A job, for those who may see it."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q

from generation.models import GenerationJob, JobQuerySet
from projects.access import permissions
from projects.problems import forbidden, not_found


def jobs_of(user: User | AnonymousUser) -> JobQuerySet:
    """All jobs of all projects that the person may see, newest first; those of trashed scenes are not there."""
    visible = GenerationJob.objects.with_related().filter(scene__trashed_at=None)
    return visible.filter(project__in=permissions.visible_to(user).values("pk"))


def job_for(user: User | AnonymousUser, key: str, right: permissions.Right = "see") -> GenerationJob:
    """By its own id or by Runway's task id. Problem 404 when it is not theirs to see, 403 when not to do that with."""
    job = jobs_of(user).filter(_is(key)).first()
    if job is None:
        raise not_found("job")
    if right != "see" and not permissions.has_right(user, job.project, right):
        raise forbidden("You may look at this job, not change it: ask the project's owner.")
    return job


def _is(key: str) -> Q:
    task = Q(runway_task_id=key)
    try:
        return task | Q(pk=uuid.UUID(key))
    except ValueError:
        return task
