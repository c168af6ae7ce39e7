"""Which jobs a person may see, whether they have a right to one, and the job for an id in a request."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from generation.models import GenerationJob, JobQuerySet
from projects.access import permissions
from projects.models import Scene
from projects.problems import forbidden, not_found


def jobs_of(user: User | AnonymousUser) -> JobQuerySet:
    """Select all jobs in projects that the person may see, newest first, without those of trashed scenes.

    These two conditions are written so that no index serves them. Most jobs meet them, and a database that began with
    them would read and sort all jobs where it should walk the newest, or those of a state, by an index.
    """
    jobs = GenerationJob.objects.with_related().alias(any_project=Coalesce("project_id", 0))
    in_trash = Scene.objects.exclude(trashed_at=None).values("pk")
    return jobs.filter(any_project__in=permissions.visible_to(user).values("pk")).exclude(scene__in=in_trash)


def job_for(user: User | AnonymousUser, key: str, right: permissions.Right = "see") -> GenerationJob:
    """Return a job by its own id or by its task id at Runway.

    Raise Problem 404 where the person may not see it, 403 without the right.
    """
    job = jobs_of(user).filter(has_id(key)).first()
    if job is None:
        raise not_found(_("job"))
    if right != "see" and not permissions.has_right(user, job.project, right):
        raise forbidden(_("You may view this take, but not change it. Ask the project's owner."))
    return job


def projects_with_right(user: User, right: permissions.Right) -> set[int]:
    """Return the ids of the projects in which the person has a right."""
    memberships = user.memberships.all()
    return {membership.project_id for membership in memberships if permissions.allows(membership, right)}


def has_id(key: str) -> Q:
    """Return the condition for a job's own id or its task id at Runway; either is found by its index."""
    task = Q(runway_task_id=key)
    try:
        return task | Q(pk=uuid.UUID(key))
    except ValueError:
        return task
