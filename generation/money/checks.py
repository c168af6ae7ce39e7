"""The checks of a request before its job is created: refusals by moderation, and budgets.

A batch makes the same checks for all of its jobs at once (`generation/batches/create.py`). A job that was to get a file
for nothing is checked when it has to be paid after all (`generation/engine/late_charge.py`).
"""

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
