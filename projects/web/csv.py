"""Tables as CSV that a spreadsheet may open: no cell of them becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

# a spreadsheet reads a text that begins with one of these as a formula, behind white space and in full width, too
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_chunks(header: Sequence[str], parts: Iterable[Iterable[Sequence[object]]]) -> Iterator[str]:
    """Yield a table as CSV, the header and then each part of its rows."""
    yield _lines([header])
    for rows in parts:
        yield _lines(rows)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV. Texts that begin like a formula get an apostrophe in front; numbers stay as they are."""
    return "".join(csv_chunks(header, [rows]))


def _lines(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([_without_formula(value) for value in row] for row in rows)
    return text.getvalue()


def _without_formula(value: object) -> object:
    if not isinstance(value, str):
        return value
    # invisible characters are skipped, too
    text = value.lstrip(" \t\r\n\v\f\x00\u00a0\u200b\u2060\ufeff")
    begins_oddly = value.startswith(("\t", "\r", "\n"))
    return f"'{value}" if begins_oddly or text.startswith(_FORMULA_STARTS) else value
