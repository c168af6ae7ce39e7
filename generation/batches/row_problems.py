"""Problems of the rows of a batch: all of them are collected, so that one answer names every wrong row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from projects.problems import FieldProblem, Problem, wrong_fields

MAX_NAMED = 100
"""The answer names no more problems than these, and how many more there are."""


class RowProblems:
    """What is wrong with the rows of a batch."""

    def __init__(self) -> None:
        self._problems: list[FieldProblem] = []

    def __bool__(self) -> bool:
        """Whether there is any problem."""
        return bool(self._problems)

    @contextmanager
    def collect(self, row: int) -> Iterator[None]:
        """Collect a Problem that the block raises, under the fields of the row, such as `rows.3.seed`."""
        try:
            yield
        except Problem as problem:
            # a Problem without fields is about the whole row
            fields = problem.fields or [FieldProblem("", problem.message)]
            self._problems += [_of_row(row, field) for field in fields]

    def raise_if_any(self) -> None:
        """Raise Problem 422 if there is any problem."""
        if self:
            raise _wrong_rows(self._problems)

    def messages(self) -> list[str]:
        """Return the sentences, at most MAX_NAMED of them."""
        return [problem.message for problem in self._problems[:MAX_NAMED]]


def _of_row(row: int, problem: FieldProblem) -> FieldProblem:
    return FieldProblem(f"rows.{row}.{problem.field}".rstrip("."), f"Row {row}: {problem.message}")


def _wrong_rows(problems: Sequence[FieldProblem]) -> Problem:
    named = list(problems[:MAX_NAMED])
    if len(problems) > MAX_NAMED:
        named.append(FieldProblem("rows", f"And {len(problems) - MAX_NAMED} more."))
    return wrong_fields(*named)
