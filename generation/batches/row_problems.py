"""Problems of the rows of a batch: all of them are collected, so that one answer names every wrong row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from generation import references
from generation.batches.row import Row
from projects.problems import MAX_FIELDS, FieldProblem, Problem, wrong_fields

MAX_CELL_TEXT = 60
"""So many characters of a wrong value are repeated in the message."""


class RowProblems:
    """What is wrong with the rows of a batch."""

    def __init__(self) -> None:
        self._problems: list[FieldProblem] = []

    def __bool__(self) -> bool:
        """Whether there is any problem."""
        return bool(self._problems)

    @contextmanager
    def collect(self, number: int, row: Row | None = None) -> Iterator[None]:
        """Collect a Problem that the block raises, under the fields of the row, such as `rows.3.seed`.

        With the row the message has the name of the column and the value too.
        """
        try:
            yield
        except Problem as problem:
            # a Problem without fields is about the whole row
            fields = problem.fields or [FieldProblem("", problem.message)]
            self._problems += [_of_row(number, row, field) for field in fields]

    def raise_if_any(self) -> None:
        """Raise Problem 422 if there is any problem."""
        if self:
            raise wrong_fields(*self._problems)

    def messages(self) -> list[str]:
        """Return the sentences, at most MAX_FIELDS of them."""
        return [problem.message for problem in self._problems[:MAX_FIELDS]]


def cell_text(value: object) -> str:
    """Return a value as it stands in the list, for a message: in one line, in quotes, the start of a long one."""
    text = " ".join(value.split()) if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text if len(text) <= MAX_CELL_TEXT else f"{text[:MAX_CELL_TEXT]}…"
    return f'"{text}"' if isinstance(value, str) else text


def _of_row(number: int, row: Row | None, problem: FieldProblem) -> FieldProblem:
    cell = _cell(row, problem.field) if row else ""
    message = _("Row {number}: {problem}").format(number=number, problem=f"{problem.message}{cell}")
    return FieldProblem(f"rows.{number}.{problem.field}".rstrip("."), message)


def _cell(row: Row, field: str) -> str:
    """Return the sentence that says what the row has there; nothing where it has no value."""
    name = field.split(".")[0]
    # nobody has typed the id of a file, and the message names it
    if row.values.get(name) is None or any(references.find({name: row.values[name]})):
        return ""
    words = _("Its {title} is {cell}.").format(title=row.titles.get(name, name), cell=cell_text(row.values[name]))
    return f" {words}"
