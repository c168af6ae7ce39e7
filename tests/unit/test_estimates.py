"""What bills say of a price: the arithmetic, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from generation.models import ObservedPrice
from generation.money import estimates
from generation.money.estimates import UNKNOWN, Certainty, Estimate, Source, from_catalog

START = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Bills:
    """The observed prices of one class, as its bills come in; `rate` is the catalog's price of one unit."""

    def __init__(self, rate: object = None, certainty: str = "high") -> None:
        self.rate = None if rate is None else Decimal(str(rate))
        self.certainty = certainty
        self.seen: dict[Decimal, ObservedPrice] = {}
        self.now = START

    def catalog(self, amount: Decimal) -> Estimate:
        return from_catalog(None if self.rate is None else self.rate * amount, self.certainty)

    def add(self, amount: object, credits: int) -> Any:
        size = Decimal(str(amount))
        known = self.catalog(size)
        expected = estimates.estimate(known, list(self.seen.values()), size)
        price = estimates.with_bill(self.seen.get(size), expected, Decimal(credits), known.credits, self.now)
        price.amount = size
        self.seen[size] = price
        self.now += timedelta(hours=1)
        return price

    def estimate(self, amount: object) -> tuple[Any, str]:
        size = Decimal(str(amount))
        found = estimates.estimate(self.catalog(size), list(self.seen.values()), size)
        return None if found.credits is None else float(found.credits), found.certainty.value


def test_unknown_then_seen_once_then_certain() -> None:
    bills = Bills()
    assert bills.estimate(5) == (None, "unknown")
    bills.add(5, 85)
    assert bills.estimate(5) == (85, "seen_once")
    bills.add(5, 85)
    assert bills.estimate(5) == (85, "certain")


def test_one_bill_says_nothing_about_another_amount() -> None:
    bills = Bills()
    bills.add(5, 85)
    assert bills.estimate(10) == (None, "unknown")


def test_two_bills_that_agree_tell_the_rate() -> None:
    bills = Bills()
    bills.add(5, 85)
    bills.add(10, 170)
    assert bills.estimate(7) == (119, "certain")
    assert bills.estimate(5) == (85, "certain")


def test_bills_agree_when_each_is_rounded_up() -> None:
    bills = Bills()
    bills.add(5, 17)  # 3.4 each
    bills.add(3, 11)
    assert bills.estimate(10) == (34, "estimated")


def test_bills_that_disagree_tell_no_rate() -> None:
    bills = Bills()
    bills.add(2, 80)  # a minimum
    bills.add(5, 100)
    assert bills.estimate(10) == (None, "unknown")
    assert bills.estimate(2) == (80, "seen_once")


@pytest.mark.parametrize(
    ("certainty", "before", "after"), [("high", "certain", "certain"), ("low", "estimated", "seen_once")]
)
def test_a_bill_that_agrees_confirms_the_catalog(certainty: str, before: str, after: str) -> None:
    bills = Bills(5, certainty)
    assert bills.estimate(5) == (25, before)
    assert bills.add(5, 25).expected is None
    assert bills.estimate(5) == (25, after)
    assert bills.estimate(10) == (50, before)


def test_a_bill_contradicts_the_catalog_for_the_whole_class() -> None:
    bills = Bills(5)
    assert bills.add(5, 30).expected == 25
    assert bills.estimate(5) == (30, "seen_once")
    # the higher of both, as a guess
    assert bills.estimate(10) == (60, "estimated")
    assert bills.add(10, 60).expected is None
    assert bills.estimate(8) == (48, "certain")


def test_a_lower_bill_does_not_lower_what_it_says_nothing_about() -> None:
    bills = Bills(17, "low")
    bills.add(5, 50)
    assert bills.estimate(10) == (170, "estimated")


def test_a_price_that_changes_makes_earlier_bills_of_the_class_a_guess() -> None:
    bills = Bills()
    bills.add(5, 50)
    bills.add(10, 100)
    changed = bills.add(5, 60)
    assert (changed.expected, changed.bills, changed.since) == (50, 1, changed.last_at)
    assert bills.estimate(5) == (60, "seen_once")
    assert bills.estimate(10) == (120, "estimated")
    assert bills.add(10, 120).expected is None
    assert bills.estimate(20) == (240, "certain")


def test_rounding_is_no_change() -> None:
    bills = Bills("3.4")
    assert bills.add(7, 24).expected is None  # 23.8
    assert bills.estimate(5) == (17, "certain")


def test_text_that_is_nearly_free_keeps_its_published_price() -> None:
    """Bills of one credit agree on far too high a rate: the catalog counts until it is contradicted."""
    bills = Bills("0.02")
    bills.add(10, 1)
    bills.add(20, 1)
    assert bills.estimate(200) == (4, "certain")


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (UNKNOWN, "no bill yet, and no published price"),
        (Estimate(Decimal(5), Certainty.SEEN_ONCE, Source.BILL, 1), "price confirmed by an earlier request"),
        (Estimate(Decimal(5), Certainty.CERTAIN, Source.BILL, 3), "price confirmed by 3 earlier requests"),
        (from_catalog(Decimal(5), "high"), "published price"),
        (from_catalog(Decimal(5), "low"), "estimate (unofficial)"),
    ],
)
def test_words(estimate: Estimate, words: str) -> None:
    assert estimate.words == words
