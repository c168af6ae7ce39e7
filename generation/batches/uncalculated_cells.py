"""Cells of a spreadsheet whose formula has no value: it failed, or nobody calculated it.

python-calamine returns nothing for them, as for an empty cell. A take without its prompt would be paid for, so they are
looked for in the XML of the sheet: ECMA-376 part 1, 18.3.1.4 (`c`), and OpenDocument 1.3 part 3, 9.1.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Literal
from xml.etree.ElementTree import Element, iterparse
from zipfile import ZipFile

Cell = tuple[int, int, str]
"""Row and column, both from 0, and what stands there: an error such as `#REF!`, or the formula with `=` in front."""

_WORKBOOK = re.compile(r"xl/(workbook[0-9]*\.xml)", re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def find_in_xlsx(archive: ZipFile, sheet: str) -> Iterator[Cell]:
    """Yield the cells without a value of a sheet of an Excel workbook."""
    with archive.open(_path_of_sheet(archive, sheet)) as file:
        row = column = -1
        for event, element in _parse(file, "start", "end"):
            name = _local_name(element.tag)
            if event == "start" and name == "row":
                row, column = int(element.get("r") or row + 2) - 1, -1
            elif event == "end" and name == "c":
                column = _column(element.get("r"), column + 1)
                if text := _uncalculated(element):
                    yield row, column, text
            elif event == "end" and name == "row":
                element.clear()


def find_in_ods(archive: ZipFile, sheet: str) -> Iterator[Cell]:
    """Yield the cells without a value of a sheet of an OpenDocument spreadsheet."""
    with archive.open("content.xml") as file:
        table, row, column = "", 0, 0
        for event, element in _parse(file, "start", "end"):
            name = _local_name(element.tag)
            if event == "start" and name == "table":
                table, row = _attribute(element, "name"), 0
            elif event == "start" and name == "table-row":
                column = 0
            elif event == "end" and name in ("table-cell", "covered-table-cell"):
                if table == sheet and (text := _failed(element)):
                    yield row, column, text
                column += int(_attribute(element, "number-columns-repeated") or 1)
            elif event == "end" and name == "table-row":
                row += int(_attribute(element, "number-rows-repeated") or 1)
                element.clear()


def _path_of_sheet(archive: ZipFile, sheet: str) -> str:
    """Return the path of a sheet's XML. Raise KeyError where the workbook does not name it."""
    workbook = next((match for name in archive.namelist() if (match := _WORKBOOK.fullmatch(name))), None)
    if workbook is None:
        raise KeyError("xl/workbook.xml")
    with archive.open(workbook[0]) as file:
        relation = next(_attribute(e, "id") for e in _elements(file, "sheet") if e.get("name") == sheet)
    with archive.open(f"xl/_rels/{workbook[1]}.rels") as file:
        target = next(e.get("Target", "") for e in _elements(file, "Relationship") if e.get("Id") == relation)
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _elements(file: IO[bytes], name: str) -> Iterator[Element]:
    return (element for _, element in _parse(file, "end") if _local_name(element.tag) == name)


def _parse(file: IO[bytes], *events: Literal["start", "end"]) -> Iterator[tuple[str, Element]]:
    # entities that expand without end meet the limits of the process
    return iterparse(file, events)  # noqa: S314


def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    """Return an attribute that has a namespace, which differs between editions of the format."""
    return next((value for key, value in element.items() if key.endswith(f"}}{name}")), "")


def _column(reference: str | None, default: int) -> int:
    match = _REFERENCE.fullmatch(reference or "")
    if match is None:
        return default
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _uncalculated(cell: Element) -> str:
    parts = {_local_name(part.tag): part.text or "" for part in cell}
    if cell.get("t") == "e":
        return parts.get("v") or "#N/A"
    # a text that is empty is a value
    is_calculated = "f" not in parts or parts.get("v") or cell.get("t") == "str"
    return "" if is_calculated else f"={parts['f']}"


def _failed(cell: Element) -> str:
    formula = _attribute(cell, "formula")
    texts = ["".join(part.itertext()) for part in cell if _local_name(part.tag) == "p"]
    is_error = any(key.endswith("}value-type") and value == "error" for key, value in cell.items())
    if is_error:
        return "".join(texts) or "#N/A"
    return f"={formula.partition(':=')[2] or formula}" if formula and not _attribute(cell, "value-type") else ""
