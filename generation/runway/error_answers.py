"""Answers to calls to Runway as exceptions: the one place that decides what an HTTP status means.

An error of Runway's API is JSON, `{"error", "issues"?, "docUrl"?}`; see https://docs.dev.runwayml.com/errors/errors.
Whatever else arrives comes from something on the way: a proxy, a firewall, the sign-in page of a network, a gateway of
Runway's. It says nothing about the key or a task.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.runway import errors
from generation.runway.answer import Answer
from projects.translation import gettext as _

# so that a broken header cannot hold up a job for days
MAX_RETRY_AFTER_SECONDS = 3600.0
PROXY_AUTHENTICATION_REQUIRED = 407
# answers of a file store after which another form may be accepted: expired, unknown, too slow
STORE_TRY_AGAIN = (401, 403, 404, 408)
STORE_CODE = re.compile(rb"<Code>([\w.-]{1,80})</Code>")


def check(answer: Answer, *, paid: bool) -> None:
    """Raise what an answer of Runway's API means, unless it is a success.

    `paid` says that the request would create a task.
    """
    error = error_of(answer, paid=paid)
    if error is not None:
        raise error


def known_object(answer: Answer) -> dict[str, Any]:
    """Return the JSON of an answer to a free call, empty for 204. Raise what else it means."""
    check(answer, paid=False)
    return answer.json_object or {}


def check_upload(answer: Answer) -> None:
    """Raise what an answer of the file store to an upload means, unless it is a success. It never got the key."""
    if answer.is_page:
        raise _error_on_the_way(answer, paid=False)
    if answer.is_success:
        return
    code = STORE_CODE.search(answer.body)
    reason = f" ({code[1].decode()})" if code else ""
    message = _("Runway's file store answered {status}{reason}.").format(status=answer.status, reason=reason)
    if answer.status in (429, 503):
        raise errors.Busy(message, _seconds(answer.retry_after))
    if 400 <= answer.status < 500 and answer.status not in STORE_TRY_AGAIN:
        raise errors.Rejected(message, answer.status)
    raise errors.Unreachable(message)


def error_of(answer: Answer, *, paid: bool) -> errors.RunwayError | None:
    """Return what an answer of Runway's API means; None when it is a success."""
    if not _is_runways(answer):
        return _error_on_the_way(answer, paid=paid)
    if answer.is_success:
        return None
    status = answer.status
    complaint, field = _complaint(answer.json_object or {})
    message = (
        _("Runway answered {status}: {complaint}").format(status=status, complaint=complaint)
        if complaint
        else _("Runway answered {status}.").format(status=status)
    )
    # only the sentence tells the daily limit from a limit of the rate, which is over in seconds
    if status == 429 and "daily" in complaint.lower():
        return errors.DailyLimit(message)
    if status in (429, 503):
        return errors.Busy(message, _seconds(answer.retry_after))
    if status >= 500:
        return errors.OutcomeUnknown(message) if paid else errors.Unreachable(message, _seconds(answer.retry_after))
    if status == 404 and not paid:
        return errors.TaskGone(_("Runway no longer knows this task."), 404)
    if status in (401, 403):
        return errors.Unauthorized(message, status)
    # Runway answers 400 for missing credits, and this sentence is all that tells it from a wrong field
    if status == 402 or _("enough credits") in complaint.lower():
        return errors.OutOfCredits(message)
    return errors.Rejected(message, status, field)


def _is_runways(answer: Answer) -> bool:
    """Return whether Runway's API itself has answered: in JSON, and with its sentence when it is an error."""
    if answer.status == 204:
        return True
    if answer.is_success:
        return answer.json_object is not None
    body = answer.json_object or {}
    has_its_form = isinstance(body.get("error"), str) or isinstance(body.get("issues"), list)
    return answer.status >= 400 and answer.status != PROXY_AUTHENTICATION_REQUIRED and has_its_form


def _error_on_the_way(answer: Answer, *, paid: bool) -> errors.RunwayError:
    """Return what an answer means that Runway's API did not give.

    Of a paid request only a 4xx says that it was held up on the way. A 429 or 503 is not accepted, whoever says so.
    After a success, a redirect or any other 5xx it may have arrived at Runway.
    """
    message = _("Something on the way to Runway answered {status} with {description}.").format(
        status=answer.status, description=answer.description
    )
    if answer.status == PROXY_AUTHENTICATION_REQUIRED:
        message = _("A proxy on the way to Runway asks for a name and a password (407).")
    if answer.status in (429, 503):
        return errors.Busy(message, _seconds(answer.retry_after))
    if not paid:
        return errors.Unreachable(message, _seconds(answer.retry_after))
    if 400 <= answer.status < 500:
        return errors.Intercepted(message, answer.status)
    return errors.OutcomeUnknown(message)


def _complaint(body: Mapping[str, Any]) -> tuple[str, str]:
    """Return Runway's sentence, and the first field that its issues name."""
    message = str(body.get("error") or "")[:500]
    issues = body.get("issues")
    first = issues[0] if isinstance(issues, list) and issues and isinstance(issues[0], dict) else {}
    path = first.get("path")
    field = ".".join(str(part) for part in path) if isinstance(path, list) else ""
    detail = str(first.get("message") or "")[:300]
    return f"{message} ({field}: {detail})" if field and detail else message, field


def _seconds(retry_after: str) -> float | None:
    return min(float(retry_after), MAX_RETRY_AFTER_SECONDS) if retry_after.isdigit() else None
