"""Amounts of credits in words, for pages, messages and commands."""

from __future__ import annotations

from decimal import Decimal

from projects.translation import ngettext


def credit_number(amount: Decimal | float) -> str:
    """Return an amount with at most two decimals: "2.5", "1,200"."""
    return f"{amount:,.2f}".rstrip("0").rstrip(".")


def credit_words(amount: Decimal | float) -> str:
    """Return an amount with its unit: "1 credit", "2.5 credits", "1,200 credits"."""
    text = credit_number(amount)
    return ngettext("{number} credit", "{number} credits", 1 if text == "1" else 2).format(number=text)
