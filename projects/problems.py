"""What an action answers when it cannot be done: one sentence, told alike by pages, API, commands and sockets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldProblem:
    field: str
    message: str


class Problem(Exception):
    """An action refused. `status` is the HTTP status, `code` a snake_case word for programs."""

    def __init__(self, message: str, *, code: str, status: int, fields: list[FieldProblem] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.fields = fields or []


def wrong_fields(*fields: FieldProblem) -> Problem:
    """422 that lists every wrong field."""
    message = " ".join(field.message for field in fields)
    return Problem(message, code="invalid_fields", status=422, fields=list(fields))


def wrong_field(field: str, message: str) -> Problem:
    return wrong_fields(FieldProblem(field, message))


def not_found(what: str) -> Problem:
    return Problem(f"There is no such {what}.", code="not_found", status=404)


def forbidden(message: str) -> Problem:
    return Problem(message, code="forbidden", status=403)


def too_many(message: str) -> Problem:
    return Problem(message, code="too_many_requests", status=429)


def conflict(message: str, code: str = "conflict") -> Problem:
    return Problem(message, code=code, status=409)
