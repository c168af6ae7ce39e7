"""Shot lists, as CSV or JSON, as rows. Whether the values make sense is for the planner to say."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from generation.runway import catalog
from projects.problems import FieldProblem, wrong_field, wrong_fields

MAX_ROWS = 1000
MAX_CHARACTERS = 2_000_000
# columns besides the fields of the models
OWN_COLUMNS = ("scene", "kind", "model", "takes", "reuse")
# other names that people write in the first line, in lower case
ALIASES = {"sceneid": "scene", "prompt": "promptText", "image": "promptImage", "picture": "promptImage"}
# spreadsheets write a semicolon where the comma is the decimal point, and a tab to the clipboard
DELIMITERS = ",;\t"
EXAMPLE = "scene,prompt,image,model,duration,seed"


@dataclass(frozen=True)
class Row:
    """A row of a shot list: its values by OWN_COLUMNS and by Runway's names of the model's fields."""

    number: int
    """From 1; a header does not count."""
    values: Mapping[str, Any]
    is_text: bool = False
    """Whether the values are texts, as in CSV, which mean what their field makes of them."""
    key: str | None = None
    """Idempotency key of the job: whoever sends the same key again gets the same take."""


def read_shot_list(text: str, file_name: str = "") -> list[Row]:
    """Return the rows of a shot list: JSON if it begins like JSON or the file is named so, else CSV.

    Raise Problem 422, as the other readers here do, for a list that cannot be read.
    """
    # Excel writes a byte order mark in front
    is_json = text.lstrip("\ufeff \t\r\n")[:1] in ("[", "{") or file_name.lower().endswith(".json")
    return rows_from_json(text) if is_json else rows_from_csv(text)


def rows_from_json(text: str) -> list[Row]:
    """Return the rows of a JSON list of objects, or of an object with such a list as `items`."""
    try:
        data = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise wrong_field("items", f"This is not valid JSON: {error}.") from None
    return rows_from_items(data.get("items") if isinstance(data, dict) else data)


def rows_from_items(items: object) -> list[Row]:
    """Return one row for each object of a list."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise wrong_field("items", 'items must be a list of objects, such as {"scene": "scene-1", "promptText": "…"}.')
    _check_count(len(items), "items")
    return [Row(number, _with_column_names(item)) for number, item in enumerate(items, 1)]


def rows_from_csv(text: str) -> list[Row]:
    """Return the rows of a CSV table whose first line names the columns; empty lines and cells are left out."""
    if len(text) > MAX_CHARACTERS or "\0" in text:
        raise wrong_field("csv", f"The list must be plain text of at most {MAX_CHARACTERS} characters.")
    lines = list(_lines(text.lstrip("\ufeff")))
    if not lines:
        raise wrong_field("csv", f"The list is empty. Its first line names the columns, such as {EXAMPLE}.")
    columns, lines = _columns(lines[0]), lines[1:]
    _check_count(len(lines), "csv")
    problems = [_too_many_cells(number, columns) for number, cells in enumerate(lines, 1) if len(cells) > len(columns)]
    if problems:
        raise wrong_fields(*problems)
    return [Row(number, _cells(columns, cells), is_text=True) for number, cells in enumerate(lines, 1)]


def _lines(text: str) -> Iterator[list[str]]:
    """Yield the cells of each line that is not empty."""
    first_line = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    # strict: an open quote would swallow the rest of the list
    try:
        for cells in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True):
            if any(cell.strip() for cell in cells):
                yield cells
    except csv.Error as error:
        raise wrong_field("csv", f"This is not valid CSV: {error}.") from None


def _cells(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}


def _columns(header: Sequence[str]) -> list[str]:
    unknown = [cell.strip() for cell in header if _column_name(cell.strip()) is None]
    if unknown:
        allowed = ", ".join(_column_names().values())
        raise wrong_field("csv", f"There is no column {', '.join(map(repr, unknown))}. The columns are {allowed}.")
    columns = [name for cell in header if (name := _column_name(cell.strip()))]
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        raise wrong_field("csv", f"The column {', '.join(repeated)} appears twice.")
    return columns


def _too_many_cells(number: int, columns: Sequence[str]) -> FieldProblem:
    message = f"Row {number} has more cells than the {len(columns)} columns. Put quotes around text with commas."
    return FieldProblem(f"rows.{number}", message)


def _check_count(rows: int, field: str) -> None:
    if not 1 <= rows <= MAX_ROWS:
        raise wrong_field(field, f"A batch has from 1 to {MAX_ROWS} rows; this one has {rows}.")


def _with_column_names(item: Mapping[str, Any]) -> dict[str, Any]:
    return {_column_name(name) or name: value for name, value in item.items()}


def _column_name(name: str) -> str | None:
    """Return the proper name of a column, in whatever case it is written; None for an unknown one."""
    return _column_names().get(ALIASES.get(name.lower(), name).lower())


@cache
def _column_names() -> dict[str, str]:
    """Return every column, ours and the fields of every model, by its name in lower case."""
    fields = [name for kind in catalog.kinds() for model in catalog.models(kind) for name in model.fields]
    return {name.lower(): name for name in [*OWN_COLUMNS, *fields]}
