"""The most that a take may cost, as people type it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.forms.text_values import parse_number
from generation.money.prices import read_ceiling
from projects.problems import wrong_field

ASK_LIMIT = gettext_noop("The price is not known. Set the most that one take may cost.")


def read_credit_limit(text: object) -> Decimal | None:
    """Return the credits in a field, a cell or an option; None for an empty one. Raise Problem 422 for a wrong one."""
    typed = "" if text is None else str(text).strip()
    if not typed:
        return None
    number = parse_number(typed)
    return read_ceiling(typed if number is None else number)


def require_limit(credits: Decimal | None, max_credits: Decimal | None) -> None:
    """Raise Problem 422 where a person would spend an amount that nobody knows and that has no limit."""
    if credits is None and max_credits is None:
        raise wrong_field("maxCredits", _(ASK_LIMIT))
