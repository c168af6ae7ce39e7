"""Shot lists, as CSV or JSON, as rows. Whether the values make sense is for the planner to say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from generation.batches.columns import allowed_columns, column_name
from generation.batches.csv_lines import read_lines
from generation.batches.row import Row
from generation.batches.row_problems import cell_text
from projects.problems import FieldProblem, wrong_field, wrong_fields
from projects.text.json_input import load_json

MAX_ROWS = 1000
# what spreadsheets show where a formula has no value; Err:502 is LibreOffice's
CELL_ERROR = re.compile(
    r"#(?:NAME\?|REF!|VALUE!|N/A|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|ERROR!"
    r"|GETTING_DATA|#+)|Err:[0-9]{3}"
)
# pandas names columns without a title so when it reads them
UNTITLED = re.compile(r"Unnamed: [0-9]+")


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
        data = load_json(text.lstrip("\ufeff"))
    except ValueError as error:
        raise wrong_field("items", _("This is not valid JSON: {error}.").format(error=error)) from None
    return rows_from_items(data.get("items") if isinstance(data, dict) else data)


def rows_from_items(items: object) -> list[Row]:
    """Return one row for each object of a list."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise wrong_field(
            "items", _('items must be a list of objects, such as {"scene": "scene-1", "promptText": "…"}.')
        )
    _check_count(len(items), "items")
    return [_row_of_item(number, item) for number, item in enumerate(items, 1)]


def rows_from_csv(text: str) -> list[Row]:
    """Return the rows of a CSV table whose first line names the columns; empty lines and cells are left out.

    A column without a title, or with one that nobody knows, must be empty.
    """
    titles, *lines = read_lines(text)
    _check_count(len(lines), "csv")
    titles = _without_untitled_end(titles)
    if _has_row_numbers(titles, lines):
        titles, lines = titles[1:], [cells[1:] for cells in lines]
    names = [column_name(title) for title in titles]
    _check_repeated([name for name in names if name])
    if problems := [*_unknown_columns(titles, names, lines), *_wrong_cells(titles, names, lines)]:
        raise wrong_fields(*problems)
    return [_row_of_cells(number, names, titles, cells) for number, cells in enumerate(lines, 1)]


def _row_of_cells(number: int, names: Sequence[str | None], titles: Sequence[str], cells: Sequence[str]) -> Row:
    known = [(name, title) for name, title in zip(names, titles, strict=True) if name]
    values = {name: cell for name, cell in zip(names, cells, strict=False) if name and cell}
    return Row(number, values, is_text=True, titles=dict(known))


def _row_of_item(number: int, item: Mapping[str, Any]) -> Row:
    titles: dict[str, str] = {}
    for title in item:
        name = column_name(title) or title
        if name in titles:
            raise wrong_field(
                f"rows.{number}.{name}",
                _("Row {number}: {titles} and {title} are the same field.").format(
                    number=number, titles=titles[name], title=title
                ),
            )
        titles[name] = title
    return Row(number, {name: item[title] for name, title in titles.items()}, titles=titles)


def _without_untitled_end(titles: Sequence[str]) -> list[str]:
    """Return the titles up to the last one: a spreadsheet writes empty columns too."""
    titles = ["" if UNTITLED.fullmatch(title) else title for title in titles]
    return titles[: max((index for index, title in enumerate(titles, 1) if title), default=0)]


def _has_row_numbers(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> bool:
    """Return whether the first column has no title and counts the rows, as pandas (from 0) and R (from 1) write it."""
    numbers = [cells[0] for cells in lines]
    counts = ([str(number) for number in range(first, first + len(lines))] for first in (0, 1))
    return len(titles) > 1 and not titles[0] and numbers in counts


def _unknown_columns(
    titles: Sequence[str], names: Sequence[str | None], lines: Sequence[Sequence[str]]
) -> Iterator[FieldProblem]:
    """Yield each column with an unknown title in which a row has text."""
    for index, title in enumerate(titles):
        texts = ((number, cells[index]) for number, cells in enumerate(lines, 1) if index < len(cells) and cells[index])
        if title and names[index] is None and (first := next(texts, None)):
            where = _("row {first}: {cell}").format(first=first[0], cell=cell_text(first[1]))
            yield FieldProblem(
                "csv",
                _("There is no column {title!r} ({where}). {allowed_columns}").format(
                    title=title, where=where, allowed_columns=allowed_columns(title)
                ),
            )


def _wrong_cells(
    titles: Sequence[str], names: Sequence[str | None], lines: Sequence[Sequence[str]]
) -> Iterator[FieldProblem]:
    """Yield each cell with text that no title stands above, or with a formula that has no value."""
    for number, cells in enumerate(lines, 1):
        surplus = next((cell for cell in cells[len(titles) :] if cell), None)
        if surplus:
            message = _("Row {number} has more cells than the {count} columns ({cell}).").format(
                number=number, count=len(titles), cell=cell_text(surplus)
            )
            yield FieldProblem(
                f"rows.{number}", _("{message} Put quotes around text with commas.").format(message=message)
            )
        for index, cell in enumerate(cells[: len(titles)]):
            if cell and not titles[index]:
                message = _("Row {number} has {cell} in column {index}, which has no title.").format(
                    number=number, cell=cell_text(cell), index=index + 1
                )
                yield FieldProblem(f"rows.{number}", _("{message} Name it in the first line.").format(message=message))
            elif cell.startswith("=") or CELL_ERROR.fullmatch(cell):
                message = _("Row {number}: column {titles} has {cell}, a formula without a value.").format(
                    number=number, titles=titles[index], cell=cell_text(cell)
                )
                yield FieldProblem(f"rows.{number}.{names[index] or titles[index]}", message)


def _check_repeated(names: Sequence[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise wrong_field("csv", _("The column {repeated} appears twice.").format(repeated=", ".join(repeated)))


def _check_count(rows: int, field: str) -> None:
    if not 1 <= rows <= MAX_ROWS:
        raise wrong_field(
            field, _("A batch has from 1 to {max_rows} rows; this one has {rows}.").format(max_rows=MAX_ROWS, rows=rows)
        )
