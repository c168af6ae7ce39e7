"""The most that a take may cost, as people type it."""

from __future__ import annotations

from decimal import Decimal

from generation.forms.text_values import parse_number
from generation.money.prices import read_ceiling


def read_credit_limit(text: object) -> Decimal | None:
    """Return the credits in a field, a cell or an option; None for an empty one. Raise Problem 422 for a wrong one."""
    typed = "" if text is None else str(text).strip()
    if not typed:
        return None
    number = parse_number(typed)
    return read_ceiling(typed if number is None else number)
