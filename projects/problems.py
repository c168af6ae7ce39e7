"""Problem: an action that cannot be done, with one sentence for people. Pages, API, commands and sockets show it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from projects.translation import gettext as _

_PATH = re.compile(r"""['"]?(?<![\w:/])/[^\s'"<>/]+/[^'"<>]*['"]?|<_io\.[^>]*>""")
MAX_FIELDS = 100
"""An answer names no more wrong fields than these, and how many more there are."""
MAX_FIELD_NAME, MAX_FIELD_MESSAGE = 200, 1000
"""Characters: a field that does not exist may have any name."""


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field of a request."""

    field: str
    message: str


class Problem(Exception):
    """An action that was refused.

    `status` is the HTTP status, `code` a snake_case word for programs, `fields` the fields that are wrong.
    """

    def __init__(self, message: str, *, code: str, status: int, fields: list[FieldProblem] | None = None) -> None:
        """Describe the problem in one sentence a person can act on."""
        super().__init__(message)
        self._words = message
        self.code = code
        self.status = status
        self.fields = fields or []

    @property
    def message(self) -> str:
        """The sentence; one that was only marked where it is written is translated here."""
        return _(self._words)

    def about(self, name: str) -> Problem:
        """Return the same problem with a name in front of each sentence: which one of several things it is about."""
        fields = [FieldProblem(field.field, f"{name}: {field.message}") for field in self.fields]
        return Problem(f"{name}: {self.message}", code=self.code, status=self.status, fields=fields)


def wrong_fields(*fields: FieldProblem) -> Problem:
    """Return Problem 422 that lists every wrong field, up to MAX_FIELDS of them, and says how many more there are."""
    named = [_shortened(field) for field in fields[:MAX_FIELDS]]
    if len(fields) > MAX_FIELDS:
        named.append(
            FieldProblem(
                fields[MAX_FIELDS].field[:MAX_FIELD_NAME], _("And {count} more.").format(count=len(fields) - MAX_FIELDS)
            )
        )
    message = " ".join(field.message for field in named)
    return Problem(message, code="invalid_fields", status=422, fields=named)


def _shortened(problem: FieldProblem) -> FieldProblem:
    field, message = problem.field[:MAX_FIELD_NAME], problem.message
    return FieldProblem(field, message if len(message) <= MAX_FIELD_MESSAGE else f"{message[:MAX_FIELD_MESSAGE]}…")


def wrong_field(field: str, message: str) -> Problem:
    """Return Problem 422 for one field."""
    return wrong_fields(FieldProblem(field, message))


def not_found(what: str) -> Problem:
    """Return Problem 404; `what` is a noun, such as project."""
    return Problem(_("There is no such {what}.").format(what=what), code="not_found", status=404)


def forbidden(message: str) -> Problem:
    """Return Problem 403."""
    return Problem(message, code="forbidden", status=403)


def too_many(message: str) -> Problem:
    """Return Problem 429."""
    return Problem(message, code="too_many_requests", status=429)


def conflict(message: str, code: str = "conflict") -> Problem:
    """Return Problem 409: not possible in the present state."""
    return Problem(message, code=code, status=409)


def disk_full() -> Problem:
    """Return Problem 503: there is no room on the studio's disk."""
    return Problem(_("The studio's disk is full: free some space, and try again."), code="disk_full", status=503)


def reason_of(error: Exception) -> str:
    """Return what an error says, for people: without the number of an OSError, and without paths of the server."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return _PATH.sub("the file", text)
