"""The entries of the ledger as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from generation.models import LedgerEntry
from generation.money.scope import Scope
from generation.serializers import plain_number
from projects.web.csv import csv_chunks

HEADER = (
    "at", "kind", "credits", "project", "scene", "take", "model", "person", "reason", "job",
)  # fmt: skip
FIELDS = (
    "at", "kind", "credits", "project_name", "scene_name", "job__take", "model", "person_name", "reason", "job",
)  # fmt: skip
# a ledger of years would not fit into memory
ROWS_PER_QUERY = 2000


def ledger_csv(scope: Scope) -> Iterator[str]:
    """Yield the entries that the scope covers as CSV, oldest first, a few at a time; `at` in UTC, to the second."""
    # the keys of the parts are found by an index of days; one of projects would be sorted anew for each part
    entries = LedgerEntry.objects.alias(its_project=Coalesce("project_id", 0)).filter(
        scope.other_entries & scope.within("day"), its_project__in=scope.project_ids
    )
    return csv_chunks(HEADER, _parts(entries))


def _parts(entries: QuerySet[LedgerEntry]) -> Iterator[list[tuple[object, ...]]]:
    # each part is a query of its own, from the last row on: between two parts the client may take its time
    behind = Q()
    while rows := list(entries.filter(behind).order_by("day", "id").values_list("day", "id", *FIELDS)[:ROWS_PER_QUERY]):
        yield [(_utc_time(at), kind, plain_number(credits), *others) for _, _, at, kind, credits, *others in rows]
        day, key = rows[-1][:2]
        # not the same as a tuple's order in two conditions: the first one bounds the walk of the index
        behind = Q(day__gte=day) & ~Q(day=day, id__lte=key)


def _utc_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
