"""Tell of budgets that are used up, and of those that have refused a request.

The sweep looks for the first, since many things use a budget up. A refusal is rolled back with what it refuses, so it
is told after that.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from generation.models import Budget, LedgerEntry, WebhookDelivery, WebhookEndpoint
from generation.models.ledger import ZERO
from generation.money.budgets import BudgetUsage, OverBudget, describe, first_day, usage_of, usages
from generation.money.serializers import budget_dict

logger = logging.getLogger("dailies.webhooks")
REACHED = "budget.reached"


class _LastLook:
    """What the sweep of this process saw last: as long as nothing of it has changed, no sum has either."""

    seen: object = None


def tell_reached() -> None:
    """Tell once of each budget that is used up, again after some of it was free or a new period has begun.

    While nothing changes, this is three queries by key.
    """
    if not WebhookEndpoint.objects.listening(REACHED):
        return
    budgets = list(Budget.objects.select_related("project", "person", "set_by"))
    seen = _look(budgets)
    if not budgets or seen == _LastLook.seen:
        return
    now = timezone.now()
    for usage in usages(budgets):
        if not _was_told(usage.budget):
            if usage.left <= 0:
                _tell(usage, now, "used_up")
        elif usage.left > max(usage.budget.reached_left or ZERO, ZERO):
            Budget.objects.filter(pk=usage.budget.pk).update(reached_at=None, reached_left=None)
    _LastLook.seen = seen


@contextmanager
def telling_refusals() -> Iterator[None]:
    """Tell of a budget that refuses what is done inside. Put it around the transaction, which is rolled back then."""
    try:
        yield
    except OverBudget as problem:
        try:
            _tell_refused(problem.budget)
        except DatabaseError:
            # the person is told of the refusal all the same
            logger.exception("the refusal by a budget was not told")
        raise


def _tell_refused(budget: Budget) -> None:
    if WebhookEndpoint.objects.listening(REACHED) and not _was_told(budget):
        _tell(usage_of(budget), timezone.now(), "refused")


def _look(budgets: Sequence[Budget]) -> object:
    """Return all that decides what is told: the budgets, the day, and the last entry of the ledger."""
    last = LedgerEntry.objects.order_by("-pk").values_list("pk", "at").first()
    rows = [(each.pk, each.period, each.credits, each.reached_at, each.reached_left) for each in budgets]
    return last, timezone.now().date(), rows


def _was_told(budget: Budget) -> bool:
    first = first_day(Budget.Period(budget.period))
    told = budget.reached_at
    return told is not None and (first is None or told.date() >= first)


def _tell(usage: BudgetUsage, now: datetime, reason: str) -> None:
    budget = usage.budget
    details: dict[str, Any] = {"budget": describe(budget), "reason": reason}
    with transaction.atomic():
        # by what was read: of two that tell at once, one does
        told = Budget.objects.filter(pk=budget.pk, reached_at=budget.reached_at)
        if told.update(reached_at=now, reached_left=usage.left):
            WebhookDelivery.objects.tell(REACHED, budget_dict(usage) | details)
