"""The row that an id from outside names."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def row_by_id(rows: QuerySet[Row], key: str | UUID) -> Row | None:
    """Return the row whose primary key is a UUID; None where there is none, also for a text that is no UUID."""
    try:
        return rows.filter(pk=UUID(str(key))).first()
    except ValueError:
        return None
