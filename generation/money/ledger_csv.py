"""The ledger itself as CSV, entry by entry."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from generation.models import LedgerEntry
from generation.money.report import Scope
from generation.serializers import plain_number

HEAD = (
    "at", "kind", "credits", "project", "scene", "take", "model", "person", "reason", "job",
)  # fmt: skip
FIELDS = (
    "at", "kind", "credits", "project_name", "scene_name", "job__take", "model", "person_name", "reason", "job",
)  # fmt: skip
# with one of these in front a spreadsheet takes a text for a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def ledger_csv(scope: Scope) -> str:
    """What the scope covers, the oldest first; `at` in UTC."""
    entries = LedgerEntry.objects.filter(scope.entries & scope.within("day")).order_by("at", "id")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for at, kind, credits, *rest in entries.values_list(*FIELDS).iterator(2000):
        writer.writerow((_moment(at), kind, plain_number(credits), *map(_cell, rest)))
    return text.getvalue()


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _cell(value: object) -> object:
    """Names are given by people: none of them may become a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
