"""What is asked before a job is made, whoever makes it: was the same refused, and does a budget allow it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from generation.money import budgets, refusals
from projects.models import Project


def check_sum(user: User, project: Project, credits: Iterable[Decimal | None]) -> None:
    """Before the first of several requests that are one wish: all of them fit into the budgets, or none is started.

    Each is still asked for by itself when it is made; in one transaction with them the answer holds to the end.
    """
    prices = list(credits)
    total = sum((price for price in prices if price is not None), Decimal(0))
    with transaction.atomic():
        budgets.check(user, project, None if None in prices else total)


def check(
    user: User,
    project: Project,
    *,
    kind: str,
    model: str,
    parameters: Mapping[str, object],
    credits: Decimal | None,
    confirm_refused: bool,
) -> None:
    """In the transaction that makes the job; Problem 409, and nothing may have been started.

    Who makes several jobs at once asks `check_sum()` first.
    """
    if not confirm_refused:
        refusals.check(kind, model, parameters)
    budgets.check(user, project, credits)
