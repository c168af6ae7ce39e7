"""Errors under `/api/`: always the JSON envelope, never HTML, a traceback or a status 500."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja.errors import AuthenticationError, HttpError, ValidationError

from projects.disk.room import is_out_of_room
from projects.problems import Problem, disk_full, wrong_fields
from projects.web.envelope import failure_response
from projects.web.validation import field_problem

logger = logging.getLogger("dailies.http")

API_PREFIX = "/api/"

MALFORMED = Problem(gettext_noop("The request cannot be read."), code="malformed_request", status=400)
NOT_JSON = Problem(gettext_noop("The body is not valid JSON."), code="malformed_json", status=400)
WRONG_CONTENT_TYPE = Problem(
    gettext_noop("Send the body as JSON (Content-Type: application/json)."), code="malformed_request", status=400
)
UNAUTHORIZED = Problem(
    gettext_noop("Sign in, or send an API token: Authorization: Bearer TOKEN."), code="unauthorized", status=401
)
FORBIDDEN = Problem(gettext_noop("You may not do that."), code="forbidden", status=403)
NOT_FOUND = Problem(
    gettext_noop("There is nothing at this address. See /api/docs for all calls."), code="not_found", status=404
)
WRONG_METHOD = Problem(gettext_noop("This address does not accept that method."), code="method_not_allowed", status=405)
TOO_LARGE = Problem(
    gettext_noop("The body is too large. A JSON body may have up to 30 MB."), code="too_large", status=413
)
NO_DATABASE = Problem(
    gettext_noop("The database cannot be reached. Try again in a moment."), code="database_away", status=503
)
DISK_FULL = disk_full()
UNAVAILABLE = Problem(
    gettext_noop("Something went wrong. Try again; the log has the details."), code="unavailable", status=503
)

_HEADERS = {
    401: {"WWW-Authenticate": 'Bearer realm="Dailies"'},
    # seconds: after one of them each of our limits has room again
    429: {"Retry-After": "1"},
}
_BY_STATUS = {problem.status: problem for problem in (UNAUTHORIZED, FORBIDDEN, NOT_FOUND, WRONG_METHOD, TOO_LARGE)}
_BY_EXCEPTION: list[tuple[type[Exception], Problem]] = [
    (OperationalError, NO_DATABASE),
    (InterfaceError, NO_DATABASE),
    (RequestDataTooBig, TOO_LARGE),
    (RawPostDataException, WRONG_CONTENT_TYPE),
    (MultiPartParserError, MALFORMED),
    (SuspiciousOperation, MALFORMED),
    (BadRequest, MALFORMED),
    (UnreadablePostError, MALFORMED),
    (Http404, NOT_FOUND),
    (PermissionDenied, FORBIDDEN),
]


def handle_exception(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Answer an exception of any call. One that is not foreseen is logged with its traceback and answered 503."""
    problem = _problem(error)
    if problem in (NO_DATABASE, UNAVAILABLE):
        logger.error("%s %s failed", request.method, request.path, exc_info=True)
    elif problem.code == DISK_FULL.code:
        logger.error("%s %s failed: the disk is full", request.method, request.path)
    return _response(problem)


def _problem(error: Exception | type[Exception]) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return wrong_fields(*(field_problem(each) for each in error.errors))
    if isinstance(error, AuthenticationError):
        return UNAUTHORIZED
    if isinstance(error, HttpError):
        # of our parser, which says more than that the body is not JSON
        if isinstance(error.__cause__, Problem):
            return error.__cause__
        # django-ninja raises 400 only for a body that it cannot parse
        return NOT_JSON if error.status_code == 400 else _BY_STATUS.get(error.status_code, UNAVAILABLE)
    if isinstance(error, Exception) and is_out_of_room(error):
        return DISK_FULL
    return next((problem for kind, problem in _BY_EXCEPTION if isinstance(error, kind)), UNAVAILABLE)


def _response(problem: Problem) -> HttpResponse:
    return failure_response(problem, _HEADERS.get(problem.status))


def json_errors(get_response: Any) -> Any:
    """Answer in JSON, as middleware, what Django itself refuses under `/api/`: 405, an unknown address, a bad host.

    It is not asynchronous, so that all middleware runs in the thread of the view: otherwise each of them goes to that
    thread and back, twice.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        return _as_json(request, get_response(request))

    return respond


def _as_json(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    if response.status_code < 400 or is_json or not request.path_info.startswith(API_PREFIX):
        return response
    problem = _BY_STATUS.get(response.status_code, UNAVAILABLE if response.status_code >= 500 else MALFORMED)
    allowed = ", ".join(sorted(response.headers.get("Allow", "").split(", ")))
    if allowed:
        problem = Problem(
            _("{message}. Use {allowed}.").format(message=problem.message[:-1], allowed=allowed),
            code=problem.code,
            status=problem.status,
        )
    answer = _response(problem)
    # the security headers of the other middleware are kept
    for name, value in response.headers.items():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers.setdefault(name, value)
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer
