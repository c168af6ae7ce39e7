"""The entries of the ledger as CSV."""

from __future__ import annotations

from datetime import datetime

from generation.models import LedgerEntry
from generation.money.scope import Scope
from generation.serializers import plain_number
from projects.web.csv import write_csv

HEADER = (
    "at", "kind", "credits", "project", "scene", "take", "model", "person", "reason", "job",
)  # fmt: skip
FIELDS = (
    "at", "kind", "credits", "project_name", "scene_name", "job__take", "model", "person_name", "reason", "job",
)  # fmt: skip
# a ledger of years would not fit into memory as rows
ROWS_PER_QUERY = 2000


def ledger_csv(scope: Scope) -> str:
    """Return the entries that the scope covers, oldest first; `at` in UTC, to the second."""
    entries = LedgerEntry.objects.filter(scope.entries & scope.within("day")).order_by("at", "id")
    rows = (
        (_utc_time(at), kind, plain_number(credits), *others)
        for at, kind, credits, *others in entries.values_list(*FIELDS).iterator(ROWS_PER_QUERY)
    )
    return write_csv(HEADER, rows)


def _utc_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
