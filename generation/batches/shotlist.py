"""A shot list, as CSV or JSON → rows. What the values mean is the plan's business; here only the form is looked at."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from generation.runway import catalog
from projects.problems import FieldProblem, wrong_field, wrong_fields

MOST_ROWS = 1000
MOST_CHARACTERS = 2_000_000
OURS = ("scene", "kind", "model", "takes", "reuse")
# what people write, and what it is called here
ALIASES = {"sceneid": "scene", "prompt": "promptText", "image": "promptImage", "picture": "promptImage"}
DELIMITERS = ",;\t"
EXAMPLE = "scene,prompt,image,model,duration,seed"


@dataclass(frozen=True)
class Row:
    """`number` counts from 1, a header not with it; `text`: its values are text, and mean what their field takes.

    `key`: who asks once more for what has this key asks for the same take.
    """

    number: int
    given: Mapping[str, Any]
    text: bool = False
    key: str | None = None


def read(text: str, file_name: str = "") -> list[Row]:
    """JSON by its first character, or by the file's name; else CSV."""
    begins = text.lstrip("\ufeff \t\r\n")[:1]
    return from_json(text) if begins in ("[", "{") or file_name.lower().endswith(".json") else from_csv(text)


def from_json(text: str) -> list[Row]:
    """A list of objects, or an object with such a list as `items`."""
    try:
        told = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise wrong_field("items", f"This is no valid JSON: {error}.") from None
    return from_items(told.get("items") if isinstance(told, dict) else told)


def from_items(told: object) -> list[Row]:
    if not isinstance(told, list) or not all(isinstance(item, dict) for item in told):
        raise wrong_field("items", 'items must be a list of objects, such as {"scene": "scene-1", "promptText": "…"}.')
    _count(len(told), "items")
    return [Row(number, _named(item)) for number, item in enumerate(told, 1)]


def _named(item: Mapping[str, Any]) -> dict[str, Any]:
    return {_name(name) or name: value for name, value in item.items()}


def from_csv(text: str) -> list[Row]:
    """The first line names the columns; an empty cell is not given, an empty line is no row."""
    if len(text) > MOST_CHARACTERS or "\0" in text:
        raise wrong_field("csv", f"The list must be plain text of at most {MOST_CHARACTERS} characters.")
    lines = list(_lines(text.lstrip("\ufeff")))
    if not lines:
        raise wrong_field("csv", f"The list is empty: its first line names the columns, such as {EXAMPLE}.")
    columns = _columns(lines[0])
    _count(len(lines) - 1, "csv")
    wrong = [number for number, cells in enumerate(lines[1:], 1) if len(cells) > len(columns)]
    if wrong:
        raise wrong_fields(*(_too_long(number, columns) for number in wrong))
    return [
        Row(
            number,
            {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()},
            text=True,
        )
        for number, cells in enumerate(lines[1:], 1)
    ]


def _lines(text: str) -> Iterable[list[str]]:
    head = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        for cells in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True):
            if any(cell.strip() for cell in cells):
                yield cells
    except csv.Error as error:
        raise wrong_field("csv", f"This is no valid CSV: {error}.") from None


def _columns(cells: list[str]) -> list[str]:
    found = [_name(cell.strip()) for cell in cells]
    unknown = [cell.strip() for cell, name in zip(cells, found, strict=True) if name is None]
    if unknown:
        raise wrong_field(
            "csv", f"There is no column {', '.join(map(repr, unknown))}: columns are {', '.join(_names().values())}."
        )
    names = [name for name in found if name]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise wrong_field("csv", f"The column {', '.join(sorted(twice))} is there twice.")
    return names


def _too_long(number: int, columns: list[str]) -> FieldProblem:
    message = f"Row {number}: it has more cells than the {len(columns)} columns; put quotes around text with commas."
    return FieldProblem(f"rows.{number}", message)


def _count(rows: int, field: str) -> None:
    if not 1 <= rows <= MOST_ROWS:
        raise wrong_field(field, f"A batch has from 1 to {MOST_ROWS} rows; this one has {rows}.")


def _name(told: str) -> str | None:
    return _names().get(ALIASES.get(told.lower(), told).lower())


@cache
def _names() -> dict[str, str]:
    """Ours, and every field of every model, by its name in small letters."""
    fields = {name: None for kind in catalog.kinds() for model in catalog.models(kind) for name in model.fields}
    return {name.lower(): name for name in [*OURS, *fields]}
