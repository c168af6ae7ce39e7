"""Batches, for those who may see their project."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from generation.models.batch import Batch
from projects.access import permissions
from projects.access.row_by_id import row_by_id
from projects.problems import forbidden, not_found


def batches_of(user: User | AnonymousUser) -> QuerySet[Batch]:
    """Select the batches of all projects that the person may see, newest first."""
    projects = permissions.visible_to(user).values("pk")
    return Batch.objects.filter(project__in=projects).select_related("project", "created_by")


def batch_for(user: User | AnonymousUser, key: str | uuid.UUID, right: permissions.Right = "see") -> Batch:
    """Return a batch. Raise Problem 404 if the person may not see it, 403 if they lack the right in its project."""
    batch = row_by_id(batches_of(user), key)
    if batch is None:
        raise not_found(_("batch"))
    if right != "see" and not permissions.has_right(user, batch.project, right):
        raise forbidden(permissions.REFUSALS[right])
    return batch
