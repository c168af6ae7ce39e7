"""What every JSON call shares: who asks, what a text is, and the envelope of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Generic, Literal, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, JsonResponse
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf
from pydantic import AfterValidator, BaseModel, Field, Strict

from projects.access import people
from projects.models import ApiToken
from projects.problems import Problem, forbidden
from projects.web import limits

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
Data = TypeVar("Data")


class Request(HttpRequest):
    """What a call of the API is given: somebody is known."""

    user: User


# Who asks


class Bearer(HttpBearer):
    """`Authorization: Bearer TOKEN`."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = people.token_of(token.strip())
        if found is None:
            return None
        if found.read_only and request.method not in SAFE_METHODS:
            raise forbidden("This token may only read: use one that may write.")
        limits.check(found.user, reads=request.method in SAFE_METHODS)
        request.user = found.user
        return found


class Session(APIKeyCookie):
    """The cookie of a page, with its CSRF token. A header `Authorization`, even a wrong one, goes first."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> User | None:
        if "Authorization" in request.headers or not isinstance(request.user, User):
            return None
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        if check_csrf(request) is not None:
            raise forbidden("The CSRF token is missing or old: reload the page, or use a bearer token.")
        if not isinstance(request.user, User):
            return None
        limits.check(request.user, reads=request.method in SAFE_METHODS)
        return request.user


AUTH = [Bearer(), Session()]


# The envelope


class Success(BaseModel, Generic[Data]):
    status: Literal["success"]
    message: str
    data: Data


class Nothing(BaseModel):
    """`{}`"""


class WrongField(BaseModel):
    field: str
    message: str


class Failure(BaseModel):
    status: Literal["error"]
    message: str = Field(description="one sentence a person can act on")
    code: str = Field(description="snake_case, for programs")
    errors: list[WrongField]


FAILURES = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 502, 503)


def answers(data: Any, status: int = 200) -> dict[Any, Any]:
    """For `response=`: what a call gives, and the codes of its failures, which the schema describes once for all."""
    return {status: Success[data], FAILURES: None}


def success(data: object = None, message: str = "") -> dict[str, object]:
    return {"status": "success", "message": message, "data": {} if data is None else data}


def failure(problem: Problem, headers: Mapping[str, str] | None = None) -> JsonResponse:
    errors = [{"field": field.field, "message": field.message} for field in problem.fields]
    body = {"status": "error", "message": problem.message, "code": problem.code, "errors": errors}
    return JsonResponse(body, status=problem.status, headers=headers)


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    return text


# a text that a person gives: never a number taken for one, and not empty
Text = Annotated[str, Strict(), Field(min_length=1), AfterValidator(_no_nul)]
# one that may be empty: that takes away what was there
OpenText = Annotated[str, Strict(), AfterValidator(_no_nul)]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
