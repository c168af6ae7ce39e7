"""Bars of credits by day, week or month, measured for an SVG that stretches: its box is as wide as there are bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from generation.money.totals import Sums

HEIGHT = 100
# bars of a day each up to a quarter of a year, of a week up to two years
DAYS, WEEKS = 92, 730
GAP = 0.15


@dataclass(frozen=True)
class Bar:
    """`x`, `y`, `width` and `height` in units of the box; the top is 0. `name` is the day, or the first of several."""

    name: str
    spent: Decimal
    refunded: Decimal
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    most: Decimal
    """The height of the box, in credits: a round number."""
    unit: str

    @property
    def half(self) -> Decimal:
        return self.most / 2

    @property
    def highest(self) -> Bar | None:
        return max(self.bars, key=lambda bar: bar.spent, default=None)


def draw(days: Mapping[date, Sums], first: date, last: date) -> Chart:
    """Every day from the first to the last, those without a credit too."""
    unit, names = _names(first, last)
    spent, refunded = dict.fromkeys(names.values(), Decimal(0)), dict.fromkeys(names.values(), Decimal(0))
    for day, found in days.items():
        if day in names:
            spent[names[day]] += found.spent
            refunded[names[day]] += found.refunded
    most = _round(max(spent.values(), default=Decimal(0)))
    bars = []
    for number, (name, credits) in enumerate(spent.items()):
        height = round(float(max(credits, Decimal(0)) / most) * HEIGHT, 2)
        bars.append(Bar(name, credits, refunded[name], number + GAP, round(HEIGHT - height, 2), 1 - 2 * GAP, height))
    return Chart(bars, most, unit)


def _names(first: date, last: date) -> tuple[str, dict[date, str]]:
    """What a bar stands for, and to which one each day belongs."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if len(days) <= DAYS:
        return "day", {day: day.isoformat() for day in days}
    if len(days) <= WEEKS:
        return "week", {day: (day - timedelta(days=day.weekday())).isoformat() for day in days}
    return "month", {day: f"{day:%Y-%m}" for day in days}


def _round(most: Decimal) -> Decimal:
    """Up to 1, 2 or 5 times a power of ten; at least 10."""
    power = Decimal(10)
    while True:
        for step in (1, 2, 5):
            if most <= power * step:
                return power * step
        power *= 10
