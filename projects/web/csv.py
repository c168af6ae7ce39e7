"""Tables as CSV that a spreadsheet may open: no cell of them becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# a spreadsheet reads a text that begins with one of these as a formula
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV. Texts that begin like a formula get an apostrophe in front; numbers stay as they are."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    for row in rows:
        writer.writerow([_without_formula(value) for value in row])
    return text.getvalue()


def _without_formula(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
