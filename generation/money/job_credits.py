"""The credits of several jobs, from their rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from generation.models import JobQuerySet
from generation.models.job_row import credits_expected
from generation.models.ledger import ZERO
from generation.models.status import MAY_BE_CHARGED


@dataclass(frozen=True)
class CreditsOfJobs:
    """What was charged, and what may still be."""

    spent: Decimal
    held: Decimal


def add_up(jobs: JobQuerySet) -> CreditsOfJobs:
    """Return what was charged for jobs and what may still be charged, in one query."""
    held = Sum(credits_expected(), filter=MAY_BE_CHARGED & Q(credits_charged=None))
    totals = jobs.aggregate(spent=Sum("credits_charged"), held=held)
    return CreditsOfJobs(totals["spent"] or ZERO, totals["held"] or ZERO)
