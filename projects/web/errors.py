"""What becomes of an error under `/api/`: always the envelope, never HTML, a traceback or a 500."""

from __future__ import annotations

import logging
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from ninja.errors import AuthenticationError, HttpError, ValidationError

from projects.problems import FieldProblem, Problem, wrong_fields
from projects.web.envelope import failure

logger = logging.getLogger("dailies.http")

API = "/api/"

MALFORMED = Problem("The request cannot be read.", code="malformed_request", status=400)
NO_JSON = Problem("The body is no valid JSON.", code="malformed_json", status=400)
NOT_AS_JSON = Problem("Send the body as JSON (Content-Type: application/json).", code="malformed_request", status=400)
UNAUTHORIZED = Problem("Sign in, or send an API token: Authorization: Bearer TOKEN.", code="unauthorized", status=401)
FORBIDDEN = Problem("You may not do that.", code="forbidden", status=403)
NOT_FOUND = Problem("There is nothing at this address: /api/docs lists all calls.", code="not_found", status=404)
WRONG_METHOD = Problem("This address does not take that method.", code="method_not_allowed", status=405)
TOO_LARGE = Problem("The body is too large: at most 30 MB of JSON.", code="too_large", status=413)
NUL = Problem("The address must not contain NUL characters.", code="invalid_fields", status=422)
NO_DATABASE = Problem("The database cannot be reached: try again in a moment.", code="database_away", status=503)
UNAVAILABLE = Problem("Something went wrong here; it is in the log. Try again.", code="unavailable", status=503)

_HEADERS = {
    401: {"WWW-Authenticate": 'Bearer realm="Dailies"'},
    # seconds; every limit of ours has room again after one
    429: {"Retry-After": "1"},
}
_BY_STATUS = {problem.status: problem for problem in (UNAUTHORIZED, FORBIDDEN, NOT_FOUND, WRONG_METHOD, TOO_LARGE)}
_BY_KIND: list[tuple[type[Exception], Problem]] = [
    (OperationalError, NO_DATABASE),
    (InterfaceError, NO_DATABASE),
    (RequestDataTooBig, TOO_LARGE),
    (RawPostDataException, NOT_AS_JSON),
    (MultiPartParserError, MALFORMED),
    (SuspiciousOperation, MALFORMED),
    (BadRequest, MALFORMED),
    (UnreadablePostError, MALFORMED),
    (Http404, NOT_FOUND),
    (PermissionDenied, FORBIDDEN),
]


def answer(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """The handler of the whole API; what nobody foresaw is logged with its traceback and answered 503."""
    problem = _problem(error)
    if problem in (NO_DATABASE, UNAVAILABLE):
        logger.error("%s %s failed", request.method, request.path, exc_info=True)
    return _failure(problem)


def _problem(error: Exception | type[Exception]) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return wrong_fields(*(_field_problem(each) for each in error.errors))
    if isinstance(error, AuthenticationError):
        return UNAUTHORIZED
    if isinstance(error, HttpError):
        # ninja's own 400 has but one cause
        return NO_JSON if error.status_code == 400 else _BY_STATUS.get(error.status_code, UNAVAILABLE)
    return next((problem for kind, problem in _BY_KIND if isinstance(error, kind)), UNAVAILABLE)


def _failure(problem: Problem) -> HttpResponse:
    return failure(problem, _HEADERS.get(problem.status))


def _field_problem(error: dict[str, Any]) -> FieldProblem:
    """One of pydantic's errors in words, with the values that are allowed."""
    # `("body", "payload", "name")`: the name of our own parameter is nobody's business
    source, *path = error["loc"]
    field = ".".join(str(part) for part in (path[1:] if source == "body" else path)) or "body"
    return FieldProblem(field, f"{field} {_complaint(error['type'], error.get('ctx', {}), error['msg'])}.")


def _complaint(kind: str, context: dict[str, Any], message: str) -> str:
    said = {
        "missing": "is missing",
        "string_type": "must be text",
        "string_unicode": "must be valid text",
        "string_too_short": "must not be empty",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_type": "must be a number",
        "bool_type": "must be true or false",
        "bool_parsing": "must be true or false",
        "list_type": "must be a list",
        "model_type": "must be a JSON object",
        "model_attributes_type": "must be a JSON object",
        "dict_type": "must be a JSON object",
        "string_too_long": "must have at most {max_length} characters",
        "literal_error": "must be one of {expected}",
        "enum": "must be one of {expected}",
        "greater_than_equal": "must be at least {ge}",
        "less_than_equal": "must be at most {le}",
        "value_error": "{error}",
    }.get(kind)
    if said is None:
        return f"is wrong: {message}"
    # pydantic writes 'owner', 'editor' or 'viewer'
    expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
    return said.format_map(context | {"expected": expected})


@sync_and_async_middleware
def json_errors(get_response: Any) -> Any:
    """Outermost for `/api/`: what Django itself answers (405, an unknown address, a bad host) is JSON too."""
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponseBase:
            return _refused(request) or _as_json(request, await get_response(request))

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponseBase:
        return _refused(request) or _as_json(request, get_response(request))

    return synchronous


def _refused(request: HttpRequest) -> HttpResponse | None:
    """PostgreSQL refuses NUL in any text, so no call gets to see one in its address."""
    in_api = request.path_info.startswith(API)
    if in_api and ("\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")):
        return failure(NUL)
    return None


def _as_json(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    if response.status_code < 400 or is_json or not request.path_info.startswith(API):
        return response
    problem = _BY_STATUS.get(response.status_code, UNAVAILABLE if response.status_code >= 500 else MALFORMED)
    allowed = ", ".join(sorted(response.headers.get("Allow", "").split(", ")))
    if allowed:
        problem = Problem(f"{problem.message[:-1]}: use {allowed}.", code=problem.code, status=problem.status)
    told = _failure(problem)
    # what the other middleware added for safety stays
    for name, value in response.headers.items():
        if name not in ("Content-Type", "Content-Length"):
            told.headers.setdefault(name, value)
    told.headers["Content-Length"] = str(len(told.content))
    return told
