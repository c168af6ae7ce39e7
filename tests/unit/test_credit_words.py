"""Words for amounts of credits."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from projects.templatetags.studio import credits_in_words, timecode
from projects.text.credit_words import credit_words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "0 credits"),
        (1, "1 credit"),
        (Decimal("1.00"), "1 credit"),
        (Decimal("0.5"), "0.5 credits"),
        (Decimal("1.25"), "1.25 credits"),
        (25, "25 credits"),
        (100, "100 credits"),
        (Decimal(1200), "1,200 credits"),
        (1200.5, "1,200.5 credits"),
    ],
)
def test_credits(amount: Decimal | float, words: str) -> None:
    assert credit_words(amount) == credits_in_words(amount) == words


def test_a_length() -> None:
    """Nothing is no second; what is shorter than a second counts as one."""
    assert [timecode(seconds) for seconds in (None, 0, 0.2, 59.6, 3661)] == ["", "0:00", "0:01", "1:00", "1:01:01"]


def test_no_amount() -> None:
    assert credits_in_words(None) == ""


def test_no_page_and_no_message_counts_credits_by_itself() -> None:
    """`{{ amount }} credits` would be "1 credits" for one."""
    root = Path(__file__).parents[2]
    files = [
        *(root / "templates").rglob("*.html"),
        *(root / "generation").rglob("*.py"),
        *(root / "static").rglob("*.js"),
    ]
    own = {root / "projects/text/credit_words.py", root / "static/js/lib/credits.js"}
    by_hand = re.compile(r"\} credits?\b")
    assert [path.name for path in files if path not in own and by_hand.search(path.read_text())] == []
