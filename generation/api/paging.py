"""Pages by a cursor: the place of the last job shown, so that new jobs in front shift nothing."""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import datetime

from django.db.models import Q

from generation.models import GenerationJob, JobQuerySet
from projects.problems import wrong_field


def page(jobs: JobQuerySet, limit: int, cursor: str | None) -> tuple[list[GenerationJob], str | None]:
    """Newest first; the jobs of the page, and the cursor of the next one."""
    if cursor is not None:
        at, key = _decode(cursor)
        jobs = jobs.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=key))
    found = list(jobs.order_by("-created_at", "-pk")[: limit + 1])
    shown = found[:limit]
    return shown, _encode(shown[-1]) if len(found) > limit else None


def _encode(job: GenerationJob) -> str:
    return base64.urlsafe_b64encode(f"{job.created_at.isoformat()} {job.pk}".encode()).decode()


def _decode(cursor: str) -> tuple[datetime, uuid.UUID]:
    try:
        at, _, key = base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii").partition(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError(at)
        return moment, uuid.UUID(key)
    except (binascii.Error, ValueError):
        raise wrong_field("cursor", "cursor must be the nextCursor of an earlier answer.") from None
