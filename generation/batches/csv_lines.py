"""CSV as Excel, Numbers, Google Sheets, LibreOffice and pandas write it, as lines of cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.batches.columns import EXAMPLE, column_name
from projects.problems import Problem, wrong_field

MAX_CHARACTERS = 2_000_000
# so many titles are looked at to find the delimiter
MAX_TITLES = 200
# spreadsheets write a semicolon where the comma is the decimal point, and a tab to the clipboard
DELIMITERS = ",;\t"
# Excel reads the delimiter from a first line like this one, and other programs write it for Excel
SEPARATOR_LINE = re.compile(r'\s*"?sep=([^\w\s"]|\t)"?[,;\t ]*(?:\n|\Z)', re.IGNORECASE)
# so that Excel does not take a text for a number, programs write ="007"
QUOTED_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
# white space that str.strip() leaves, and a byte order mark within the file
INVISIBLE = "\ufeff\u200b"
ERRORS = {
    "unexpected end of data": gettext_noop("a quotation mark is never closed"),
    "'{delimiter}' expected after '\"'": gettext_noop("text continues after a closing quotation mark"),
}


def read_lines(text: str) -> list[list[str]]:
    """Return the cells of each line that is not empty, the one with the titles first; no cell has space around it.

    Raise Problem 422 for a text that is no such table.
    """
    if len(text) > MAX_CHARACTERS or "\0" in text:
        raise wrong_field(
            "csv",
            _("The list must be plain text of at most {max_characters} characters.").format(
                max_characters=MAX_CHARACTERS
            ),
        )
    # the csv module knows neither the line ends of old Macs nor, between quotes, which of them are one
    text = re.sub("\r\n?", "\n", text).lstrip(INVISIBLE)
    if separator_line := SEPARATOR_LINE.match(text):
        delimiter, text = separator_line[1], text[separator_line.end() :]
    else:
        delimiter = _delimiter(text)
    lines = [cells for cells in _records(text, delimiter) if any(cells)]
    if not lines:
        raise wrong_field(
            "csv", _("The list is empty. Its first line names the columns, such as {example}.").format(example=EXAMPLE)
        )
    return lines[1:] if _has_heading(lines) else lines


def _has_heading(lines: list[list[str]]) -> bool:
    """Return whether the first line is a title of the whole list, such as the `Table 1` that Numbers writes."""
    is_alone = len([cell for cell in lines[0] if cell]) == 1
    return is_alone and not _columns(lines[0])[0] and any(_columns(cells)[0] for cells in lines[1:2])


def _delimiter(text: str) -> str:
    """Return the delimiter with which a line of titles has the most columns that exist, then the most of any."""
    return max(DELIMITERS, key=lambda delimiter: max(map(_columns, _first_lines(text, delimiter)), default=(0, 0)))


def _columns(titles: list[str]) -> tuple[int, int]:
    return sum(column_name(title) is not None for title in titles[:MAX_TITLES]), len(titles)


def _first_lines(text: str, delimiter: str) -> list[list[str]]:
    """Return the first line, and a second one, since a title of the whole list may stand above those of the columns."""
    lines: list[list[str]] = []
    with suppress(Problem):
        lines.extend(islice((cells for cells in _records(text, delimiter) if any(cells)), 2))
    return lines


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    # strict: an open quote would swallow the rest of the list
    reader = csv.reader(io.StringIO(_without_space_around_quotes(text, delimiter)), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield [_clean(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        reason = _(ERRORS.get(str(error).replace(f"'{delimiter}'", "'{delimiter}'"), str(error)))
        raise wrong_field(
            "csv",
            _("This is not valid CSV: {reason}, in the row that begins on line {line}.").format(
                reason=reason, line=line
            ),
        ) from None


def _without_space_around_quotes(text: str, delimiter: str) -> str:
    """Return CSV without blanks between a delimiter and a quotation mark, which the csv module takes for text."""
    if '"' not in text:
        return text
    edge, blanks = re.escape(delimiter), "[ \\t\u00a0]*" if delimiter != "\t" else "[ \u00a0]*"
    quoted = rf'(?:^|(?<=[{edge}\n])){blanks}("[^"]*(?:""[^"]*)*"){blanks}(?=[{edge}\n]|\Z)'
    return re.sub(quoted, r"\1", text)


def _clean(cell: str) -> str:
    cell = cell.strip().strip(INVISIBLE).strip()
    formula = QUOTED_FORMULA.fullmatch(cell)
    return formula[1].replace('""', '"').strip() if formula else cell
