"""Runway's error answers: a JSON body, and the issues of a request body that does not fit.

The shape is that of https://docs.dev.runwayml.com/errors/errors and of the SDK's error types; the wording of issues is
that of zod, which Runway uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from generation.runway.catalog.base_field import ABSENT, FieldPath

DOC_URL = "https://docs.dev.runwayml.com/api"
# statuses whose answers have a docUrl
DOCUMENTED = (400, 401, 429)
JSON_TYPES = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}

Issue = dict[str, Any]


class ApiError(Exception):
    """A call that is refused with an HTTP status, a message, and issues where a field is wrong."""

    def __init__(
        self, status: int, error: str, issues: Sequence[Issue] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.issues = list(issues)
        self.headers = headers

    def response(self) -> JSONResponse:
        """Return the answer: `{"error", "issues", "docUrl"}`, the last two only where Runway has them."""
        body: dict[str, Any] = {"error": self.error}
        if self.issues:
            body["issues"] = self.issues
        if self.status in DOCUMENTED:
            body["docUrl"] = DOC_URL
        return JSONResponse(body, self.status, headers=self.headers)


def invalid_body(*issues: Issue) -> ApiError:
    """Return the error for a request body with these issues."""
    return ApiError(400, "Validation of body failed", issues)


def task_not_found() -> ApiError:
    """Return the error for a task that never existed or was deleted."""
    return ApiError(404, "Could not find Task")


async def answer_api_error(request: Request, error: Exception) -> Response:
    """Handle an ApiError."""
    if not isinstance(error, ApiError):
        raise error
    return error.response()


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Handle Starlette's own errors: an unknown path, a wrong method, a form that cannot be parsed."""
    if not isinstance(error, HTTPException):
        raise error
    return ApiError(error.status_code, error.detail, headers=error.headers).response()


async def answer_crash(request: Request, error: Exception) -> Response:
    """Handle every other exception as status 500; the server logs its traceback."""
    return ApiError(500, HTTPStatus.INTERNAL_SERVER_ERROR.phrase).response()


def _issue(code: str, path: FieldPath, message: str, **more: object) -> Issue:
    return {"code": code, "path": list(path), "message": message, **more}


def invalid_type(path: FieldPath, expected: str, value: object) -> Issue:
    """Return the issue of a value with another JSON type than `expected`; `value` is ABSENT when it is missing."""
    received = "undefined" if value is ABSENT else "null" if value is None else JSON_TYPES[type(value)]
    return _issue("invalid_type", path, f"Invalid input: expected {expected}, received {received}", expected=expected)


def invalid_value(path: FieldPath, values: Sequence[str | int]) -> Issue:
    """Return the issue of a value that is none of `values`."""
    shown = "|".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    words = "Invalid input: expected" if len(values) == 1 else "Invalid option: expected one of"
    return _issue("invalid_value", path, f"{words} {shown}", values=list(values))


def out_of_range(
    path: FieldPath, origin: str, size: float, least: float | None, most: float | None, unit: str = ""
) -> Issue:
    """Return the issue of a size outside of `least` to `most`; `origin` is number, string or array."""
    verb, unit = ("be", "") if origin == "number" else ("have", f" {unit}")
    if least is not None and size < least:
        message = f"Too small: expected {origin} to {verb} >={least}{unit}"
        return _issue("too_small", path, message, minimum=least, inclusive=True, origin=origin)
    message = f"Too big: expected {origin} to {verb} <={most}{unit}"
    return _issue("too_big", path, message, maximum=most, inclusive=True, origin=origin)


def unrecognized_keys(path: FieldPath, keys: Sequence[str]) -> Issue:
    """Return the issue of an object with unknown keys."""
    word = "key" if len(keys) == 1 else "keys"
    shown = ", ".join(f'"{key}"' for key in keys)
    return _issue("unrecognized_keys", path, f"Unrecognized {word}: {shown}", keys=list(keys))


def invalid_format(path: FieldPath, form: str, message: str, **more: str) -> Issue:
    """Return the issue of a string that is not in the format `form`, such as uuid, date or regex."""
    return _issue("invalid_format", path, message, format=form, **more)


def invalid_union(path: FieldPath, branches: Sequence[Issue]) -> Issue:
    """Return the issue of a value that fits none of several branches, with one issue for each."""
    return _issue("invalid_union", path, "Invalid input", errors=[[branch] for branch in branches])


def custom(path: FieldPath, message: str) -> Issue:
    """Return the issue of a rule that has only a message."""
    return _issue("custom", path, message)
