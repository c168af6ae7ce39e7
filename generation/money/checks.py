"""The checks of every request before its job is created, whoever creates it: refusals and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.contrib.auth.models import User

from generation.money import budgets, refusals
from projects.models import Project


def check_request(
    user: User,
    project: Project,
    *,
    kind: str,
    model: str,
    parameters: Mapping[str, object],
    credits: Decimal | None,
    confirm_refused: bool,
) -> None:
    """Raise Problem 409 when moderation refused the same request before, or when it would go over a budget.

    Call it in the transaction that creates the job. Whoever creates several jobs at once calls `budgets.check()` with
    their sum first. `confirm_refused`: a person wants it sent although it was refused.
    """
    if not confirm_refused:
        refusals.check_not_refused(kind, model, parameters)
    budgets.check(user, project, credits)
