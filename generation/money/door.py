"""What is asked before a job is made, whoever makes it: was the same refused, and does a budget allow it?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.contrib.auth.models import User

from generation.money import budgets, refusals
from projects.models import Project


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

    Who makes several jobs at once asks `budgets.check()` first for their sum.
    """
    if not confirm_refused:
        refusals.check(kind, model, parameters)
    budgets.check(user, project, credits)
