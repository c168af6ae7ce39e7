"""The credits that are left, as far as the studio knows without asking Runway: one figure, for every page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Subquery, Sum

from generation.models import GenerationJob, JobQuerySet, RunwayState
from generation.models.job_row import credits_expected
from generation.models.ledger import ZERO
from generation.models.status import Status


def runway_balance(organization: Mapping[str, Any] | None) -> Decimal | None:
    """Return the credits in Runway's last answer about the account; None when it never reported a number."""
    balance = organization.get("creditBalance") if organization else None
    # the answer is stored as it came; true and false are integers in Python
    if not isinstance(balance, int | float) or isinstance(balance, bool):
        return None
    return Decimal(str(balance))


_WAITING = (Status.QUEUED, Status.SUBMITTING)
_EVER = datetime.max.replace(tzinfo=UTC)


def not_in_balance() -> tuple[JobQuerySet, JobQuerySet]:
    """Select the jobs that Runway's last balance does not know of: those that wait here, and those sent since then.

    In two, each by an index of its own: as alternatives of one query PostgreSQL reads all jobs.
    """
    asked_at = RunwayState.objects.filter(pk=1).values("organization_at")[:1]
    # of a range without an end PostgreSQL expects a third of all jobs where it does not know the beginning yet
    sent = GenerationJob.objects.filter(runway_task_id__isnull=False, submitted_at__range=(Subquery(asked_at), _EVER))
    return (
        GenerationJob.objects.filter(status__in=_WAITING, finished_at__isnull=True),
        sent.exclude(status__in=_WAITING),
    )


def credits_left(organization: Mapping[str, Any] | None, *held: Decimal | None) -> Decimal | None:
    """Return Runway's balance less what is held for the jobs of `not_in_balance()`; None without a balance."""
    balance = runway_balance(organization)
    return None if balance is None else balance - sum((credits or ZERO for credits in held), ZERO)


def available_credits() -> Decimal | None:
    """Return what is left for another request; None before Runway was ever asked."""
    organization = RunwayState.objects.filter(pk=1).values_list("organization", flat=True).first()
    if runway_balance(organization) is None:
        return None
    return credits_left(
        organization, *(jobs.aggregate(sum=Sum(credits_expected()))["sum"] for jobs in not_in_balance())
    )
