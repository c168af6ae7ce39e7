"""What Runway answers when it refuses: a JSON body, and the issues of a body that does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import JSONResponse

from generation.runway.catalog.fields import ABSENT, Place

DOC_URL = "https://docs.dev.runwayml.com/api"
Issue = dict[str, Any]

KINDS = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}


class Refused(Exception):
    def __init__(
        self, status: int, error: str, issues: Sequence[Issue] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.issues = list(issues)
        self.headers = headers

    def response(self) -> JSONResponse:
        body: dict[str, Any] = {"error": self.error}
        if self.issues:
            body["issues"] = self.issues
        if self.status in (400, 401, 429):
            body["docUrl"] = DOC_URL
        return JSONResponse(body, self.status, headers=self.headers)


def wrong_body(*issues: Issue) -> Refused:
    return Refused(400, "Validation of body failed", issues)


def no_such_task() -> Refused:
    return Refused(404, "Could not find Task")


def _issue(code: str, place: Place, message: str, **more: object) -> Issue:
    return {"code": code, "path": list(place), "message": message, **more}


def invalid_type(place: Place, expected: str, value: object) -> Issue:
    received = "undefined" if value is ABSENT else "null" if value is None else KINDS[type(value)]
    return _issue("invalid_type", place, f"Invalid input: expected {expected}, received {received}", expected=expected)


def invalid_value(place: Place, values: Sequence[str | int]) -> Issue:
    shown = "|".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    words = "Invalid input: expected" if len(values) == 1 else "Invalid option: expected one of"
    return _issue("invalid_value", place, f"{words} {shown}", values=list(values))


def out_of_range(
    place: Place, origin: str, size: float, least: float | None, greatest: float | None, unit: str = ""
) -> Issue:
    """`size` is outside of `least` to `greatest`; `origin`: number, string or array."""
    verb, unit = ("be", "") if origin == "number" else ("have", f" {unit}")
    if least is not None and size < least:
        message = f"Too small: expected {origin} to {verb} >={least}{unit}"
        return _issue("too_small", place, message, minimum=least, inclusive=True, origin=origin)
    message = f"Too big: expected {origin} to {verb} <={greatest}{unit}"
    return _issue("too_big", place, message, maximum=greatest, inclusive=True, origin=origin)


def unrecognized_keys(place: Place, keys: Sequence[str]) -> Issue:
    word = "key" if len(keys) == 1 else "keys"
    shown = ", ".join(f'"{key}"' for key in keys)
    return _issue("unrecognized_keys", place, f"Unrecognized {word}: {shown}", keys=list(keys))


def invalid_format(place: Place, form: str, message: str, **more: str) -> Issue:
    return _issue("invalid_format", place, message, format=form, **more)


def invalid_union(place: Place, branches: Sequence[Issue]) -> Issue:
    return _issue("invalid_union", place, "Invalid input", errors=[[branch] for branch in branches])


def custom(place: Place, message: str) -> Issue:
    return _issue("custom", place, message)
