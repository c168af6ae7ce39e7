"""The credits that are left at Runway, as far as the studio knows without asking."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q, Sum

from generation.models import GenerationJob, RunwayState
from generation.models.job import credits_expected
from generation.models.ledger import ZERO
from generation.models.status import Status


def runway_balance(state: RunwayState | None) -> Decimal | None:
    """Return the credits that Runway reported last; None when it never reported a number."""
    balance = state.organization.get("creditBalance") if state else None
    # the answer is stored as it came; true and false are integers in Python
    if not isinstance(balance, int | float) or isinstance(balance, bool):
        return None
    return Decimal(str(balance))


def available_credits() -> Decimal | None:
    """Return Runway's last balance less what was sent since then or waits here; None before Runway was ever asked."""
    state = RunwayState.objects.filter(pk=1).first()
    balance = runway_balance(state)
    if state is None or balance is None:
        return None
    # the balance is already without the tasks that Runway had accepted when it was asked
    not_in_balance = Q(status__in=(Status.QUEUED, Status.SUBMITTING))
    if state.organization_at:
        not_in_balance |= Q(runway_task_id__isnull=False, submitted_at__gte=state.organization_at)
    held = GenerationJob.objects.filter(not_in_balance).aggregate(sum=Sum(credits_expected()))["sum"]
    return balance - (held or ZERO)
