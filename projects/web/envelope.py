"""The envelope of every JSON answer: `{"status", "message", "data"}`, or on failure `code` and `errors`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeVar

from django.http import JsonResponse
from pydantic import BaseModel, Field

from projects.problems import Problem

Data = TypeVar("Data")
FAILURE_STATUSES = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 502, 503)
"""The HTTP statuses with which any call may fail."""


class Success(BaseModel, Generic[Data]):
    """The body of an answer that succeeded."""

    status: Literal["success"]
    message: str
    data: Data


class Nothing(BaseModel):
    """The `data` of a call that returns none: `{}`."""


class WrongField(BaseModel):
    """One field of the request that was refused."""

    field: str
    message: str


class Failure(BaseModel):
    """The body of an answer that failed."""

    status: Literal["error"]
    message: str = Field(description="one sentence a person can act on")
    code: str = Field(description="snake_case, for programs")
    errors: list[WrongField]


def responses(data: Any, status: int = 200) -> dict[Any, Any]:
    """Return what django-ninja's `response=` takes: `data` in the envelope, and the statuses of failures.

    The failures have no model here: one for each status of each call would add half a second to every start.
    `config/api.py` describes them in the schema, once for all.
    """
    return {status: Success[data], FAILURE_STATUSES: None}


def success(data: object = None, message: str = "") -> dict[str, object]:
    """Return the body of an answer that succeeded."""
    return {"status": "success", "message": message, "data": {} if data is None else data}


def failure_response(problem: Problem, headers: Mapping[str, str] | None = None) -> JsonResponse:
    """Return a Problem as a response with its HTTP status."""
    errors = [{"field": field.field, "message": field.message} for field in problem.fields]
    body = {"status": "error", "message": problem.message, "code": problem.code, "errors": errors}
    return JsonResponse(body, status=problem.status, headers=headers)
