"""What one press of Generate costs, and whether the balance and the budgets allow it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.contrib.auth.models import User

from generation.money import balance, budgets
from projects.models import Project

CREDITS_PER_DOLLAR = 100


@dataclass
class PressPrice:
    """The price of all takes of one press: at most `credits`, which is None where it is unknown."""

    user: User
    project: Project
    credits: Decimal | None
    may_be_less: bool

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
        return budgets.blocking_reason(self.user, self.project, self.credits)
