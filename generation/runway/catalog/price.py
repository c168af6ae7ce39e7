"""What a task may cost at most, in credits (1 credit = 0.01 US dollars).

Rates are from https://docs.dev.runwayml.com/guides/pricing; each price in `catalog.json` names its source.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from generation.runway.catalog.priced_request import MediaInfo, PricedRequest
from generation.runway.catalog.quantities import QUANTITIES


@dataclass(frozen=True)
class Tier:
    """A rate in credits per unit, and the conditions under which it applies."""

    rate: Decimal
    when: Mapping[str, Any]

    def applies(self, request: PricedRequest) -> bool:
        """Return whether all conditions hold; an unknown size counts as the larger, dearer one."""
        return all(_holds(request, name, condition) for name, condition in self.when.items())


@dataclass(frozen=True)
class Part:
    """One addend of a price: the rate of the first tier that applies, times the amount.

    `per` is the unit (a key of `QUANTITIES`) and `of` the fields that are counted. With `block`, begun blocks of that
    many units are charged whole. Units above `most` are free. `otherwise` is the charge when none of the fields is
    given.
    """

    per: str
    of: tuple[str, ...]
    tiers: tuple[Tier, ...]
    block: int
    most: float | None
    otherwise: Decimal | None

    def credits(self, request: PricedRequest) -> Decimal | None:
        """Return the credits of this part; None when the amount is unknown or no tier applies."""
        if self.otherwise is not None and all(request.parameters.get(name) is None for name in self.of):
            return self.otherwise
        rate = next((tier.rate for tier in self.tiers if tier.applies(request)), None)
        amount = QUANTITIES[self.per](request, self.of)
        if rate is None or amount is None:
            return None
        if self.most is not None:
            amount = min(amount, self.most)
        if self.block:
            amount = math.ceil(amount / self.block)
        credits = rate * Decimal(str(amount))
        return credits.to_integral_value(ROUND_CEILING) if self.per == "frame" else credits


@dataclass(frozen=True)
class Price:
    """The sum of its parts, at least `minimum`. `certainty` is high, medium, low or unknown (then without parts)."""

    certainty: str
    source: str
    parts: tuple[Part, ...]
    minimum: Decimal | None

    def credits(self, request: PricedRequest) -> Decimal | None:
        """Return the credits; None when Runway publishes no price, or when it depends on something unknown."""
        # one unknown part makes the whole price unknown, never smaller
        charges = [part.credits(request) for part in self.parts]
        known = [credits for credits in charges if credits is not None]
        if not charges or len(known) < len(charges):
            return None
        return max(sum(known, Decimal(0)), self.minimum or Decimal(0))


def _holds(request: PricedRequest, name: str, condition: Any) -> bool:
    if isinstance(condition, Mapping):
        # a file whose size is unknown must not seem cheaper than it is
        size = _size(request, name)
        return size is None or size > condition["over"]
    if condition == "given":
        return bool(request.parameters.get(name))
    return request.value(name) in condition


def _size(request: PricedRequest, name: str) -> float | None:
    """Return what `field.pixels` or `field.side` (the longer one) names; `field.side*other` multiplies by a field."""
    name, _, factor = name.partition("*")
    field, _, measure = name.partition(".")
    media = next(iter(request.media.get(field, ())), MediaInfo())
    if not media.width or not media.height:
        return None
    size = media.width * media.height if measure == "pixels" else max(media.width, media.height)
    return size * float(request.value(factor) or 1) if factor else size
