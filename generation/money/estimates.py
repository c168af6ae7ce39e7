"""What a request costs as far as is known: Runway's bills come first, then the catalog. Arithmetic only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from generation.models.observed_price import ObservedPrice, differs


class Certainty(StrEnum):
    """How well a price is known."""

    CERTAIN = "certain"
    SEEN_ONCE = "seen_once"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


class Source(StrEnum):
    """Where an estimate comes from."""

    PUBLISHED = "published"
    UNOFFICIAL = "unofficial"
    BILL = "bill"
    RATE = "rate"
    NONE = "none"


@dataclass(frozen=True)
class Estimate:
    """The price of a request in credits; None when it is unknown."""

    credits: Decimal | None
    certainty: Certainty
    source: Source
    bills: int = 0
    """How many bills it is made of."""

    @property
    def words(self) -> str:
        """Where it comes from, in a few words for people."""
        if self.source is Source.BILL:
            return ngettext(
                "price confirmed by an earlier request", "price confirmed by {count} earlier requests", self.bills
            ).format(count=self.bills)
        return _(SOURCE_WORDS[self.source])


SOURCE_WORDS = {
    Source.PUBLISHED: gettext_noop("published price"),
    Source.UNOFFICIAL: gettext_noop("estimate (unofficial)"),
    Source.RATE: gettext_noop("estimate from earlier bills"),
    Source.NONE: gettext_noop("no bill yet, and no published price"),
}
UNKNOWN = Estimate(None, Certainty.UNKNOWN, Source.NONE)


def from_catalog(credits: Decimal | None, certainty: str) -> Estimate:
    """Return the catalog's price as an estimate; `certainty` is that of `generation.runway.catalog.price`."""
    if credits is None:
        return UNKNOWN
    is_official = certainty == "high"
    return Estimate(
        credits,
        Certainty.CERTAIN if is_official else Certainty.ESTIMATED,
        Source.PUBLISHED if is_official else Source.UNOFFICIAL,
    )


def estimate(catalog: Estimate, seen: Sequence[ObservedPrice], amount: Decimal) -> Estimate:
    """Return the price of a request with this amount. `seen` are the observed prices of its class.

    The bill of the same amount counts most, unless another amount of the class has changed its price since. The
    catalog's price counts until a bill of the class contradicts it, then the rate on which two bills agree. Without
    that rate it is a guess: the higher of what was known and of the last bill in proportion. Where nothing was known
    it is unknown.
    """
    changed_at = max((price.since for price in seen if price.expected is not None), default=None)
    current = [price for price in seen if changed_at is None or price.last_at >= changed_at]
    same = next((price for price in seen if price.amount == amount), None)
    if same is not None and same in current:
        return Estimate(same.credits, _certainty(same, catalog, current), Source.BILL, same.bills)
    if same is None and catalog.credits is not None and not any(price.contradicts_catalog for price in current):
        return catalog
    known = catalog.credits if same is None else same.credits
    return _from_rate(current, amount) or _guess(known, current, amount)


def _guess(known: Decimal | None, seen: Sequence[ObservedPrice], amount: Decimal) -> Estimate:
    if known is None:
        return UNKNOWN
    last = max(seen, key=lambda price: price.last_at)
    in_proportion = _round_up(last.credits * amount / last.amount) if last.amount else known
    return Estimate(max(known, in_proportion), Certainty.ESTIMATED, Source.RATE, last.bills)


def _certainty(same: ObservedPrice, catalog: Estimate, seen: Sequence[ObservedPrice]) -> Certainty:
    is_as_published = catalog.certainty is Certainty.CERTAIN and not same.contradicts_catalog
    is_certain = same.bills > 1 or is_as_published or (len(seen) > 1 and _is_proportional(seen))
    return Certainty.CERTAIN if is_certain else Certainty.SEEN_ONCE


def _from_rate(seen: Sequence[ObservedPrice], amount: Decimal) -> Estimate | None:
    """Return the price by the rate on which bills of different amounts agree; None when they do not, or there is one.

    Bills are rounded up to whole credits, so that each allows a small range of rates. The highest that all allow is
    taken, and it is certain where the bills need no rounding to agree.
    """
    prices = [price for price in seen if price.amount > 0]
    if len(prices) < 2:
        return None
    highest = min(price.credits / price.amount for price in prices)
    if any((price.credits - 1) / price.amount >= highest for price in prices):
        return None
    certainty = Certainty.CERTAIN if _is_proportional(prices) else Certainty.ESTIMATED
    return Estimate(_round_up(highest * amount), certainty, Source.RATE, sum(price.bills for price in prices))


def _is_proportional(prices: Sequence[ObservedPrice]) -> bool:
    first, *others = prices
    return all(first.credits * price.amount == price.credits * first.amount for price in others)


def _round_up(credits: Decimal) -> Decimal:
    # a division may leave 50.0000…01
    return Decimal(math.ceil(round(credits, 6)))


def with_bill(
    same: ObservedPrice | None, expected: Estimate, credits: Decimal, published: Decimal | None, at: datetime
) -> ObservedPrice:
    """Return the observed price after one more bill, not saved; `same` is that of the same class and amount so far.

    A bill that is not what was expected is a change of the price, and says since when.
    """
    price = same or ObservedPrice()
    price.published, price.last_at = published, at
    if same is not None and same.credits == credits:
        price.bills += 1
        return price
    is_wrong = expected.credits is not None and differs(credits, expected.credits)
    price.credits, price.bills, price.since = credits, 1, at
    price.expected = expected.credits if is_wrong else None
    return price
