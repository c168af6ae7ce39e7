"""What one press of Generate costs, and whether the balance and the budgets allow it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.contrib.auth.models import User

from generation.money import balance, budgets
from generation.money.estimates import Estimate
from projects.models import Project

CREDITS_PER_DOLLAR = 100


@dataclass
class PressPrice:
    """The price of all takes of one press."""

    user: User
    project: Project
    estimate: Estimate
    """The price of one take."""
    takes: int
    max_credits: Decimal | None
    """The most that one take may cost, as the form says."""
    may_be_less: bool

    @property
    def credits(self) -> Decimal | None:
        """What all takes cost at most; None where it is unknown."""
        return None if self.estimate.credits is None else self.estimate.credits * self.takes

    @property
    def held(self) -> Decimal | None:
        """What is held for all takes; None where neither the price nor a limit is known."""
        if self.credits is None and self.max_credits is not None:
            return self.max_credits * self.takes
        return self.credits

    @property
    def dollars(self) -> Decimal | None:
        """The price in US dollars."""
        return None if self.credits is None else self.credits / CREDITS_PER_DOLLAR

    @cached_property
    def credits_left(self) -> Decimal | None:
        """The balance after the press; None where the price or the balance is unknown."""
        available = balance.available_credits()
        return None if available is None or self.credits is None else available - self.credits

    @cached_property
    def budget_refusal(self) -> str:
        """Which budget the press would exceed, in a sentence; empty for none."""
        return budgets.blocking_reason(self.user, self.project, self.held)
