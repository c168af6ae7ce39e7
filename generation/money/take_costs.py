"""What came of the jobs that were paid: completed, failed and rejected takes, and the seconds that the film uses."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from django.db.models import Count, Q, Sum
from django.utils import timezone

from generation.models import GenerationJob, Mark
from generation.models.ledger import ZERO
from generation.models.status import Status
from generation.money.scope import Scope, midnight
from projects.models import Asset

_MARKS = ("", *Mark.values)
# what ended before is counted every ten minutes, as all ended jobs of the studio are (generation/engine/job_counts.py)
_OLD_AFTER = timedelta(days=1)
_KEPT_SECONDS = 600
_KEPT_COUNTS = 200


@dataclass(frozen=True)
class TakeCosts:
    """How many jobs were completed; the credits spent on those that failed or were cancelled, and on rejected takes."""

    completed: int
    failed: Decimal
    rejected: Decimal


def take_costs(scope: Scope) -> TakeCosts:
    """Return what came of the jobs that ended within the scope's days."""
    # a query for each: of most jobs only their number is asked
    rejected = GenerationJob.objects.filter(
        scope.jobs, scope.within_time("finished_at"), status=Status.COMPLETED, mark=Mark.REJECTED
    )
    return TakeCosts(
        int(_total(_count, scope)),
        Decimal(_total(_cost_of_failed, scope)),
        # by few, of which a person marks old ones, too
        rejected.aggregate(sum=Sum("credits_charged"))["sum"] or ZERO,
    )


def _total(question: Callable[[Q], Decimal | int], scope: Scope) -> Decimal | int:
    """Return the answer for the jobs that ended within the scope's days.

    What ended before yesterday changes only by an import or a deletion, which show within ten minutes: to look through
    the whole history took a third of the page.
    """
    border = timezone.now().date() - _OLD_AFTER
    is_within = scope.within_time("finished_at")
    old: Decimal | int = 0
    if scope.first is None or scope.first < border:
        old = _old(question, scope.jobs & is_within, border, int(time.monotonic()) // _KEPT_SECONDS)
    return old + question(scope.jobs & is_within & Q(finished_at__gte=midnight(border)))


@lru_cache(maxsize=_KEPT_COUNTS)
def _old(question: Callable[[Q], Decimal | int], condition: Q, border: date, _while: int) -> Decimal | int:
    return question(condition & Q(finished_at__lt=midnight(border)))


def _cost_of_failed(condition: Q) -> Decimal:
    # with every mark they are found by the index of marks
    failed = GenerationJob.objects.filter(condition, status__in=(Status.FAILED, Status.CANCELLED), mark__in=_MARKS)
    return Decimal(failed.aggregate(sum=Sum("credits_charged"))["sum"] or ZERO)


def _count(condition: Q) -> int:
    # with every mark they are found by the index of marks, and counted there
    completed = GenerationJob.objects.filter(condition, status=Status.COMPLETED, mark__in=_MARKS)
    return int(completed.aggregate(count=Count("status"))["count"])


def forget_counts() -> None:
    """Count everything anew the next time."""
    _old.cache_clear()


def seconds_used(scope: Scope) -> float:
    """Return the length of all chosen takes of the scope, whenever they were made."""
    chosen = Asset.objects.filter(selected=True, trashed_at=None, scene__trashed_at=None, source=Asset.Source.GENERATED)
    chosen = chosen.filter(scene__project__in=scope.project_ids)
    if scope.model:
        chosen = chosen.filter(job__model=scope.model)
    if scope.person:
        chosen = chosen.filter(job__created_by=scope.person)
    return float(chosen.aggregate(sum=Sum("duration"))["sum"] or 0)
