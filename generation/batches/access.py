"""Batches, for those who may see their project."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet

from generation.models.batch import Batch
from projects.access import permissions
from projects.problems import forbidden, not_found


def batches_of(user: User | AnonymousUser) -> QuerySet[Batch]:
    """Select the batches of all projects that the person may see, newest first."""
    projects = permissions.visible_to(user).values("pk")
    return Batch.objects.filter(project__in=projects).select_related("project", "created_by")


def batch_for(user: User | AnonymousUser, key: str | uuid.UUID, right: permissions.Right = "see") -> Batch:
    """Return a batch. Raise Problem 404 if the person may not see it, 403 if they lack the right in its project."""
    try:
        batch = batches_of(user).filter(pk=uuid.UUID(str(key))).first()
    except ValueError:
        batch = None
    if batch is None:
        raise not_found("batch")
    if right != "see" and not permissions.has_right(user, batch.project, right):
        raise forbidden(permissions.REFUSALS[right])
    return batch
