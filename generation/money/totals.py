"""The ledger added up: what is settled is kept by the day (`DaySpend`), the newest entries are read one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from generation.models import DaySpend, Lease, LedgerEntry
from generation.models.ledger import HELD, ZERO

Kind = LedgerEntry.Kind
# so many new entries are read one by one before they are added up by the day
FOLD_FROM = 2000
AT_ONCE = 10_000
# an entry's number is given before its commit: what is younger than this may still have a neighbour to come
SETTLED = timedelta(minutes=2)
WHOSE = ("day", "model", "project", "scene", "person", "person_name")
BATCH = 500

_OF_DAYS = {name: Sum(name) for name in ("held", "charged", "refunded")}
_OF_ENTRIES = {
    "held": Sum("credits", filter=HELD),
    "charged": Sum("credits", filter=Q(kind=Kind.CHARGE)),
    "refunded": Sum("credits", filter=Q(kind=Kind.REFUND)),
}


@dataclass
class Sums:
    """Credits. `refunded` is below zero."""

    held: Decimal = ZERO
    charged: Decimal = ZERO
    refunded: Decimal = ZERO

    @property
    def spent(self) -> Decimal:
        return self.charged + self.refunded

    def add(self, row: dict[str, Any]) -> None:
        self.held += row["held"] or ZERO
        self.charged += row["charged"] or ZERO
        self.refunded += row["refunded"] or ZERO


class Book:
    """The ledger as it is at one moment: what was added up by then, and the entries that came later."""

    def __init__(self) -> None:
        self._through = _folded_through()

    def by(self, dimensions: Iterable[str], where: Q) -> dict[tuple[Any, ...], Sums]:
        """Sums of what fits, by any of WHOSE; two queries. `where` speaks of the fields in WHOSE."""
        names = list(dimensions)
        days = DaySpend.objects.filter(where, through__lte=self._through).order_by()
        entries = LedgerEntry.objects.filter(where, id__gt=self._through).order_by()
        found: dict[tuple[Any, ...], Sums] = {}
        for row in (*_grouped(days, names, _OF_DAYS), *_grouped(entries, names, _OF_ENTRIES)):
            found.setdefault(tuple(row[name] for name in names), Sums()).add(row)
        return found

    def total(self, where: Q) -> Sums:
        return self.by((), where)[()]


def _grouped(rows: QuerySet[Any], names: list[str], sums: dict[str, Sum]) -> Iterable[dict[str, Any]]:
    return rows.values(*names).annotate(**sums) if names else [rows.aggregate(**sums)]


def fold() -> None:
    """Add up what is settled, when there is much of it. Whoever comes second finds nothing left to do."""
    newest = LedgerEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    if newest - _folded_through() < FOLD_FROM:
        return
    Lease.objects.get_or_create(name="fold", defaults={"expires_at": timezone.now()})
    while _fold_some(newest):
        pass


@transaction.atomic
def _fold_some(newest: int) -> bool:
    """So many entries that nobody waits long for the database; False when nothing is left to do."""
    Lease.objects.select_for_update().get(name="fold")
    waiting = LedgerEntry.objects.filter(id__gt=_folded_through(), id__lte=newest)
    unsettled = waiting.filter(at__gt=timezone.now() - SETTLED).aggregate(first=Min("id"))["first"]
    if unsettled is not None:
        waiting = waiting.filter(id__lt=unsettled)
    numbers = list(waiting.order_by("id").values_list("id", flat=True)[:AT_ONCE])
    if len(numbers) < FOLD_FROM:
        return False
    rows = waiting.filter(id__lte=numbers[-1]).order_by().values(*WHOSE).annotate(**_OF_ENTRIES)
    DaySpend.objects.bulk_create((_day(row, numbers[-1]) for row in rows), batch_size=BATCH)
    return True


def _day(row: dict[str, Any], through: int) -> DaySpend:
    keys = {f"{name}_id": row.pop(name) for name in ("project", "scene", "person")}
    credits = {name: row.pop(name) or ZERO for name in _OF_DAYS}
    return DaySpend(through=through, **keys, **credits, **row)


def _folded_through() -> int:
    return int(DaySpend.objects.aggregate(last=Max("through"))["last"] or 0)
