"""Roll the ledger up into daily totals (`DaySpend`). The sweep does this; whatever reads totals writes nothing."""

from __future__ import annotations

from datetime import timedelta
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from generation.models import DaySpend, Lease, LedgerEntry
from generation.models.ledger import ZERO
from generation.money.totals import DIMENSIONS, SUMS_OF_ENTRIES, rolled_up_through

# fewer new entries than these are read one by one
MIN_ENTRIES = 2000
# entries of one transaction: others who write to the database wait for it
ENTRIES_AT_ONCE = 10_000
# an entry gets its id before its commit, so one with a lower id may still appear beside an entry that is younger
SETTLE_TIME = timedelta(minutes=2)
ROWS_PER_INSERT = 500
_LEASE = "rollup"


def roll_up() -> None:
    """Roll up the settled entries once there are MIN_ENTRIES of them. Several processes may call it at a time."""
    newest = LedgerEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    if newest - rolled_up_through() < MIN_ENTRIES:
        return
    Lease.objects.get_or_create(name=_LEASE, defaults={"expires_at": timezone.now()})
    while _roll_up_some(newest):
        pass


@transaction.atomic
def _roll_up_some(newest: int) -> bool:
    """Roll up at most ENTRIES_AT_ONCE entries; return False when too few are left."""
    # the row is the lock: whoever comes second sees what the first has rolled up
    Lease.objects.select_for_update().get(name=_LEASE)
    entries = LedgerEntry.objects.filter(id__gt=rolled_up_through())
    ids = _settled(entries, newest)
    if len(ids) < MIN_ENTRIES:
        return False
    rows = entries.filter(id__lte=ids[-1]).order_by().values(*DIMENSIONS).annotate(**SUMS_OF_ENTRIES)
    DaySpend.objects.bulk_create((_day_spend(row, ids[-1]) for row in rows), batch_size=ROWS_PER_INSERT)
    return True


def _settled(entries: QuerySet[LedgerEntry], newest: int) -> list[int]:
    """Return the first ids up to `newest`, at most ENTRIES_AT_ONCE, that precede every entry that is too young."""
    # only among these: to look through all that come later, each time, would take hours after a million was imported.
    # `newest` is no condition of the query: PostgreSQL without statistics takes what has two ends for a few rows, and
    # sorts all of it each time
    first = entries.order_by("id")[:ENTRIES_AT_ONCE].values_list("id", "at")
    young = timezone.now() - SETTLE_TIME
    return [pk for pk, _ in takewhile(lambda entry: entry[0] <= newest and entry[1] <= young, first)]


def _day_spend(row: dict[str, Any], through: int) -> DaySpend:
    keys = {f"{name}_id": row.pop(name) for name in ("project", "scene", "person")}
    credits = {name: row.pop(name) or ZERO for name in SUMS_OF_ENTRIES}
    return DaySpend(through=through, **keys, **credits, **row)
