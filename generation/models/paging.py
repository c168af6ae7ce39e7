"""Pages of a long list by a cursor: the place of the last row shown, so that new rows in front shift nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from generation.models.slices import load_slice
from projects.problems import wrong_field

Row = TypeVar("Row", bound=Model)


def page(
    rows: QuerySet[Row], limit: int, cursor: str | None, *, order: Sequence[str] = ("created_at", "pk")
) -> tuple[list[Row], str | None]:
    """Return at most `limit` rows, newest first, and the cursor of the next page; None after the last row.

    `order` names the fields to sort by, in descending order; together they are unique. Raise Problem 422 for a cursor
    that none of these pages gave.
    """
    if cursor is not None:
        rows = rows.filter(_after(order, _decode(cursor, rows.model, order)))
    # one more than asked for tells whether there is a next page
    page_and_next = load_slice(rows.order_by(*(f"-{name}" for name in order)), 0, limit + 1)
    rows_of_page = page_and_next[:limit]
    has_next = len(page_and_next) > limit
    return rows_of_page, _encode(rows_of_page[-1], order) if has_next else None


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition of the rows behind the one with these values."""
    # no OFFSET: that would read all rows in front of the page, and rows that were added meanwhile would shift it
    condition, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        condition |= same & Q(**{f"{name}__lt": value})
        same &= Q(**{name: value})
    return condition


def _encode(row: Model, order: Sequence[str]) -> str:
    # an opaque text, so that callers do not build cursors of their own and the order may change
    values = [getattr(row, name) for name in order]
    text = " ".join(value.isoformat() if isinstance(value, datetime) else str(value) for value in values)
    return base64.urlsafe_b64encode(text.encode()).decode()


def _decode(cursor: str, model: type[Model], order: Sequence[str]) -> list[Any]:
    fields = [model._meta.pk if name == "pk" else model._meta.get_field(name) for name in order]
    try:
        texts = base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii").split(" ")
        return [_clean(field, text) for field, text in zip(fields, texts, strict=True)]
    except (binascii.Error, ValueError, ValidationError):
        raise wrong_field("cursor", _("cursor must be the nextCursor of an earlier answer.")) from None


def _clean(field: Any, text: str) -> Any:
    value = field.clean(text, None)
    # comparing a naive time with aware ones would depend on the server's time zone
    if isinstance(value, datetime) and is_naive(value):
        raise ValueError(text)
    return value
