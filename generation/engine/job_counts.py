"""How many jobs there are in each state, without counting the whole history each time."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from generation.models import GenerationJob
from generation.models.status import ENDED, Status

# jobs that are older have mostly ended for good, so they are counted every ten minutes only, and newer ones each time
OLD_AFTER = timedelta(days=1)
KEPT_SECONDS = 600.0


@dataclass(frozen=True)
class OldCounts:
    """The ended jobs that were created before a moment, by state, and when they were counted (monotonic clock)."""

    before: datetime
    counts: dict[str, int]
    counted_at: float


_kept: list[OldCounts] = []


def count_by_state() -> dict[str, int]:
    """Return the number of jobs in each state. An old job that ends or is retried counts within ten minutes."""
    old = _old_counts()
    unfinished = Counter(GenerationJob.objects.unfinished().order_by().values_list("status", flat=True))
    counts = {str(status): unfinished[status] for status in Status}
    for status in ENDED:
        newer = GenerationJob.objects.filter(status=status, created_at__gte=old.before).order_by().count()
        counts[status] = old.counts[status] + newer
    return counts


def forget_old_counts() -> None:
    """Count everything anew the next time."""
    _kept.clear()


def _old_counts() -> OldCounts:
    now = time.monotonic()
    if not _kept or now - _kept[0].counted_at > KEPT_SECONDS:
        before = timezone.now() - OLD_AFTER
        # by the index of states and moments, without reading rows
        jobs = GenerationJob.objects.filter(created_at__lt=before).order_by()
        _kept[:] = [OldCounts(before, {status: jobs.filter(status=status).count() for status in ENDED}, now)]
    return _kept[0]


def oldest_unfinished_seconds() -> float:
    """Return the age of the oldest unfinished job, 0 without any."""
    unfinished = GenerationJob.objects.unfinished().order_by().values_list("created_at", flat=True)
    return _age(min(unfinished, default=None))


def poll_lateness_seconds() -> float:
    """Return for how long the most overdue poll of a task is overdue, 0 without any."""
    due_times = GenerationJob.objects.at_runway().order_by().values_list("due_at", flat=True)
    return _age(min((at for at in due_times if at), default=None))


def _age(moment: datetime | None) -> float:
    return max((timezone.now() - moment).total_seconds(), 0.0) if moment else 0.0
