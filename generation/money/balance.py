"""The credits that are left, as far as the studio knows without asking Runway: one figure, for every page."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from generation.models import GenerationJob, JobQuerySet, RunwayState
from generation.models.job import credits_expected
from generation.models.ledger import ZERO
from generation.models.status import Status


def runway_balance(organization: Mapping[str, Any] | None) -> Decimal | None:
    """Return the credits in Runway's last answer about the account; None when it never reported a number."""
    balance = organization.get("creditBalance") if organization else None
    # the answer is stored as it came; true and false are integers in Python
    if not isinstance(balance, int | float) or isinstance(balance, bool):
        return None
    return Decimal(str(balance))


def not_in_balance() -> JobQuerySet:
    """Select the jobs that Runway's last balance does not know of: those that wait here, or were sent since then."""
    asked_at = RunwayState.objects.filter(pk=1).values("organization_at")[:1]
    return GenerationJob.objects.filter(
        Q(status__in=(Status.QUEUED, Status.SUBMITTING), finished_at__isnull=True)
        | Q(runway_task_id__isnull=False, submitted_at__gte=asked_at)
    )


def credits_left(organization: Mapping[str, Any] | None, held: Decimal | None) -> Decimal | None:
    """Return Runway's balance less what is held for the jobs of `not_in_balance()`; None without a balance."""
    balance = runway_balance(organization)
    return None if balance is None else balance - (held or ZERO)


def available_credits() -> Decimal | None:
    """Return what is left for another request; None before Runway was ever asked."""
    organization = RunwayState.objects.filter(pk=1).values_list("organization", flat=True).first()
    if runway_balance(organization) is None:
        return None
    return credits_left(organization, not_in_balance().aggregate(sum=Sum(credits_expected()))["sum"])
