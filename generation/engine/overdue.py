"""The jobs whose step is overdue and that nobody has claimed, for each queue. `steps.py` names these functions."""

from __future__ import annotations

from django.utils import timezone

from generation.engine import check, claims, reuse, slots
from generation.models import GenerationJob, WebhookDelivery
from generation.models.status import Status

# a slow receiver takes seconds for each
MESSAGES_AT_ONCE = 20
# far more than the workers download at once, so that none is idle until the next round
COLLECTS_AT_ONCE = 100
# about as many as are checked before the next nudge; after an upgrade there may be thousands
CHECKS_AT_ONCE = 10


def to_submit() -> list[GenerationJob]:
    """Return jobs that can be sent to Runway now."""
    # no more than have a slot: an entry for each of thousands of queued jobs would hold up those that can be sent
    return [*slots.sendable_jobs(), *reuse.jobs_with_duplicates(timezone.now())]


def to_collect() -> list[GenerationJob]:
    """Return jobs whose files are to be downloaded."""
    now = timezone.now()
    downloading = GenerationJob.objects.in_state(Status.DOWNLOADING).filter(claims.unclaimed(now))
    return list(downloading.due(now)[:COLLECTS_AT_ONCE])


def to_check() -> list[GenerationJob]:
    """Return jobs whose files were not checked, or whose automatic retry is due."""
    unchecked = check.unchecked_jobs(timezone.now())[:CHECKS_AT_ONCE]
    return [*unchecked, *check.jobs_with_due_retry()[:CHECKS_AT_ONCE]]


def to_tell() -> list[WebhookDelivery]:
    """Return messages of webhooks that are due, the oldest first."""
    now = timezone.now()
    due = WebhookDelivery.objects.pending().filter(claims.unclaimed(now), due_at__lte=now)
    return list(due.order_by("due_at")[:MESSAGES_AT_ONCE])
