"""What came of the jobs that were paid: completed, failed and rejected takes, and the seconds that the film uses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from generation.models import GenerationJob, Mark
from generation.models.ledger import ZERO
from generation.models.status import Status
from generation.money.scope import Scope
from projects.models import Asset


@dataclass(frozen=True)
class TakeCosts:
    """How many jobs were completed; the credits spent on those that failed or were cancelled, and on rejected takes."""

    completed: int
    failed: Decimal
    rejected: Decimal


def take_costs(scope: Scope) -> TakeCosts:
    """Return what came of the jobs that ended within the scope's days."""
    jobs = GenerationJob.objects.filter(scope.jobs, scope.within_time("finished_at"))
    # a query for each state: an index has them in this order, and of most jobs only one thing is asked
    completed = jobs.filter(status=Status.COMPLETED).aggregate(
        count=Count("status"), rejected=Sum("credits_charged", filter=Q(mark=Mark.REJECTED))
    )
    failed = jobs.filter(status__in=(Status.FAILED, Status.CANCELLED)).aggregate(sum=Sum("credits_charged"))
    return TakeCosts(completed["count"], failed["sum"] or ZERO, completed["rejected"] or ZERO)


def seconds_used(scope: Scope) -> float:
    """Return the length of all chosen takes of the scope, whenever they were made."""
    chosen = Asset.objects.filter(selected=True, trashed_at=None, scene__trashed_at=None, source=Asset.Source.GENERATED)
    chosen = chosen.filter(scene__project__in=scope.project_ids)
    if scope.model:
        chosen = chosen.filter(job__model=scope.model)
    if scope.person:
        chosen = chosen.filter(job__created_by=scope.person)
    return float(chosen.aggregate(sum=Sum("duration"))["sum"] or 0)
