"""The ledger itself as CSV, entry by entry."""

from __future__ import annotations

from datetime import datetime

from generation.models import LedgerEntry
from generation.money.report import Scope
from generation.serializers import plain_number
from projects.web.csv import write_csv

HEAD = (
    "at", "kind", "credits", "project", "scene", "take", "model", "person", "reason", "job",
)  # fmt: skip
FIELDS = (
    "at", "kind", "credits", "project_name", "scene_name", "job__take", "model", "person_name", "reason", "job",
)  # fmt: skip


def ledger_csv(scope: Scope) -> str:
    """What the scope covers, the oldest first; `at` in UTC."""
    entries = LedgerEntry.objects.filter(scope.entries & scope.within("day")).order_by("at", "id")
    rows = (
        (_moment(at), kind, plain_number(credits), *rest)
        for at, kind, credits, *rest in entries.values_list(*FIELDS).iterator(2000)
    )
    return write_csv(HEAD, rows)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
