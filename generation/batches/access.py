"""A batch, for those who may see its project."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet

from generation.models.batch import Batch
from projects.access import permissions
from projects.problems import forbidden, not_found


def batches_of(user: User | AnonymousUser) -> QuerySet[Batch]:
    """Newest first."""
    seen = permissions.visible_to(user).values("pk")
    return Batch.objects.filter(project__in=seen).select_related("project", "created_by")


def batch_for(user: User | AnonymousUser, key: str | uuid.UUID, right: permissions.Right = "see") -> Batch:
    """Problem 404 when it is not theirs to see, 403 when not to do that with."""
    try:
        batch = batches_of(user).filter(pk=uuid.UUID(str(key))).first()
    except ValueError:
        batch = None
    if batch is None:
        raise not_found("batch")
    if right != "see" and not permissions.has_right(user, batch.project, right):
        words = "spend credits on" if right == "spend" else "change"
        raise forbidden(f"You may look at this batch, not {words} it: ask the project's owner.")
    return batch
