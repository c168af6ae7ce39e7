"""Totals of the ledger in credits: daily totals (`DaySpend`) for older entries, and the newer entries one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum

from generation.models import DaySpend, LedgerEntry
from generation.models.ledger import HELD, ZERO

# what totals can be grouped and filtered by: fields that daily totals and entries share
DIMENSIONS = ("day", "model", "project", "scene", "person", "person_name")
SUMS_OF_ENTRIES = {
    "held": Sum("credits", filter=HELD),
    "charged": Sum("credits", filter=Q(kind=LedgerEntry.Kind.CHARGE)),
    "refunded": Sum("credits", filter=Q(kind=LedgerEntry.Kind.REFUND)),
}
_SUMS_OF_DAYS = {name: Sum(name) for name in SUMS_OF_ENTRIES}
# above the key of any entry
MAX_KEY = 2**62
# of one person's page there are five
KEPT_SUMS = 200

Groups = dict[tuple[Any, ...], "CreditTotals"]
"""Totals by the values of some dimensions."""


@dataclass(frozen=True)
class CreditTotals:
    """Credits that are held, that were charged, and that Runway gave back (`refunded`, never above 0)."""

    held: Decimal = ZERO
    charged: Decimal = ZERO
    refunded: Decimal = ZERO

    @property
    def spent(self) -> Decimal:
        """What was charged less what was given back."""
        return self.charged + self.refunded

    def __add__(self, other: CreditTotals) -> CreditTotals:
        """Return both together."""
        return CreditTotals(self.held + other.held, self.charged + other.charged, self.refunded + other.refunded)


class LedgerSnapshot:
    """The ledger as it was when the object was made: daily totals up to one entry, and the entries after it.

    So its totals count every entry once, also when the sweep rolls entries up between two queries.
    """

    def __init__(self) -> None:
        self._through = rolled_up_through()

    def totals_by(self, dimensions: Sequence[str], where: Q) -> Groups:
        """Return the totals of the entries that match `where`, by the values of `dimensions`; two queries.

        Both may only name fields in DIMENSIONS.
        """
        # as a list of keys: beside another condition SQLite would read the entries of all days by its index. With an
        # upper end, too, PostgreSQL takes them for few also without statistics
        newer = LedgerEntry.objects.filter(id__gt=self._through, id__lte=MAX_KEY).order_by().values("pk")
        entries = LedgerEntry.objects.filter(where, pk__in=newer).order_by()
        new = add_up(_grouped(entries, dimensions, SUMS_OF_ENTRIES))
        return add_up([*sums_of_days(self._through, tuple(dimensions), where).items(), *new.items()])

    def total(self, where: Q) -> CreditTotals:
        """Return the totals of all entries that match `where`."""
        return self.totals_by((), where)[()]


@lru_cache(maxsize=KEPT_SUMS)
def sums_of_days(through: int, dimensions: tuple[str, ...], where: Q) -> Groups:
    """Return the totals of the daily totals up to an entry, which this process computes once.

    They never change: a row stays as it is, and what is rolled up later has a higher `through`. Where a project, scene
    or person is deleted, its key stays here, and its rows lose it: either way nobody has that key any more.
    """
    days = DaySpend.objects.filter(where, through__lte=through).order_by()
    return add_up(_grouped(days, dimensions, _SUMS_OF_DAYS))


def totals_of_projects(projects: Iterable[int]) -> dict[int, CreditTotals]:
    """Return the totals of projects of all time, by their keys; those without an entry are left out."""
    groups = LedgerSnapshot().totals_by(["project"], Q(project__in=sorted(projects)))
    return {project: totals for (project,), totals in groups.items()}


def rolled_up_through() -> int:
    """Return the id of the last ledger entry that is part of daily totals; 0 when there are none."""
    return int(DaySpend.objects.aggregate(last=Max("through"))["last"] or 0)


def add_up(totals: Iterable[tuple[tuple[Any, ...], CreditTotals]]) -> Groups:
    """Return one sum of totals for each key."""
    groups: Groups = {}
    for key, each in totals:
        groups[key] = groups.get(key, CreditTotals()) + each
    return groups


def _grouped(
    rows: QuerySet[Any], dimensions: Sequence[str], sums: Mapping[str, Sum]
) -> Iterable[tuple[tuple[Any, ...], CreditTotals]]:
    """Yield the values of the dimensions with their totals."""
    # values() without names would group by every column
    groups = rows.values(*dimensions).annotate(**sums) if dimensions else [rows.aggregate(**sums)]
    return ((tuple(row[name] for name in dimensions), _totals(row)) for row in groups)


def _totals(row: Mapping[str, Any]) -> CreditTotals:
    return CreditTotals(**{name: row[name] or ZERO for name in SUMS_OF_ENTRIES})
