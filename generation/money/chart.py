"""A bar chart of credits by day, week or month, measured for an SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from generation.models.ledger import ZERO
from generation.money.totals import CreditTotals, add_up

HEIGHT = 100
GAP = 0.15
"""Space on each side of a bar, where its column is 1 wide."""
# a bar stands for a day in charts of up to a quarter, for a week in those of up to two years, else for a month
MAX_DAILY_BARS = 92
MAX_DAYS_BY_WEEK = 730


@dataclass(frozen=True)
class Bar:
    """One bar. `name` is its day, the first day of its week, or its month; `x` to `height` are in the SVG's units."""

    name: str
    spent: Decimal
    refunded: Decimal
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Bars in a box that is HEIGHT high and as wide as there are bars, with the top at 0."""

    bars: list[Bar]
    axis_max: Decimal
    """Credits at the top of the box: a round number."""
    unit: str

    @property
    def axis_middle(self) -> Decimal:
        """Credits at half the height."""
        return self.axis_max / 2

    @property
    def highest(self) -> Bar | None:
        """The bar of the most credits; None without bars."""
        return max(self.bars, key=lambda bar: bar.spent, default=None)


def draw_chart(days: Mapping[date, CreditTotals], first: date, last: date) -> Chart:
    """Return the chart from `first` to `last`, both included, with a bar also where nothing was spent."""
    unit, names = _bar_names(first, last)
    groups = add_up(((name,), days.get(day, CreditTotals())) for day, name in names.items())
    axis_max = _round_up(max((totals.spent for totals in groups.values()), default=ZERO))
    bars = [_bar(number, name, totals, axis_max) for number, ((name,), totals) in enumerate(groups.items())]
    return Chart(bars, axis_max, unit)


def _bar(number: int, name: str, totals: CreditTotals, axis_max: Decimal) -> Bar:
    # a day on which Runway only gave back is below 0
    height = round(float(max(totals.spent, ZERO) / axis_max) * HEIGHT, 2)
    x, y, width = (round(length, 2) for length in (number + GAP, HEIGHT - height, 1 - 2 * GAP))
    return Bar(name, totals.spent, totals.refunded, x, y, width, height)


def _bar_names(first: date, last: date) -> tuple[str, dict[date, str]]:
    """Return what each bar stands for, and the name of each day's bar."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if len(days) <= MAX_DAILY_BARS:
        return "day", {day: day.isoformat() for day in days}
    if len(days) <= MAX_DAYS_BY_WEEK:
        return "week", {day: (day - timedelta(days=day.weekday())).isoformat() for day in days}
    return "month", {day: f"{day:%Y-%m}" for day in days}


def _round_up(credits: Decimal) -> Decimal:
    """Return the next 1, 2 or 5 times a power of ten, at least 10."""
    return next(number for number in _round_numbers() if number >= credits)


def _round_numbers() -> Iterator[Decimal]:
    power = Decimal(10)
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
