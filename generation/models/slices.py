"""A slice of a long list, found by an index before the rows around it are loaded."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def load_slice(rows: QuerySet[Row], start: int, stop: int) -> list[Row]:
    """Return `rows[start:stop]`.

    The keys are read first, without related rows: with joins a database may begin with the related table, and sort
    everything that belongs to it. The rows are then read by their keys alone: beside another condition a database may
    take the index of that one, and read all rows of a project.
    """
    keys = list(rows.select_related(None).prefetch_related(None).values_list("pk", flat=True)[start:stop])
    by_key = {row.pk: row for row in _without_conditions(rows).filter(pk__in=keys)} if keys else {}
    # one that was deleted meanwhile is left out
    return [by_key[key] for key in keys if key in by_key]


def _without_conditions(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return a query for all rows that loads the same columns and related rows."""
    everything = rows.order_by()
    everything.query.clear_where()
    return everything
