"""Tables as CSV that a spreadsheet may open: no cell of them becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# a spreadsheet reads a text that begins with one of these as a formula, behind white space and in full width, too
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV. Texts that begin like a formula get an apostrophe in front; numbers stay as they are."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    for row in rows:
        writer.writerow([_without_formula(value) for value in row])
    return text.getvalue()


def _without_formula(value: object) -> object:
    if not isinstance(value, str):
        return value
    # invisible characters are skipped, too
    text = value.lstrip(" \t\r\n\v\f\x00\u00a0\u200b\u2060\ufeff")
    begins_oddly = value.startswith(("\t", "\r", "\n"))
    return f"'{value}" if begins_oddly or text.startswith(_FORMULA_STARTS) else value
