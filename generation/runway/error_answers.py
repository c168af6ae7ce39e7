"""Runway's error answers as exceptions: the one place that decides what an HTTP status means.

The body is `{"error", "issues"?, "docUrl"?}`; see https://docs.dev.runwayml.com/errors/errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.runway import errors

# so that a broken header cannot hold up a job for days
MAX_RETRY_AFTER_SECONDS = 3600.0


def error_of(status: int, body: Mapping[str, Any], retry_after: str, *, paid: bool) -> errors.RunwayError | None:
    """Return what an answer means; None when it is no error, or a 404 to a free call, which means a missing task.

    `body` is the JSON object of the answer, empty when it has none; `retry_after` is that header. `paid` says that the
    request would create a task.
    """
    if status < 400 or (status == 404 and not paid):
        return None
    complaint, field = _complaint(body)
    message = f"Runway answered {status}: {complaint}" if complaint else f"Runway answered {status}."
    # only the sentence tells the daily limit from a limit of the rate, which is over in seconds
    if status == 429 and "daily" in complaint.lower():
        return errors.DailyLimit(message)
    if status in (429, 503):
        return errors.Busy(message, _seconds(retry_after))
    if status >= 500:
        return errors.OutcomeUnknown(message) if paid else errors.Unreachable(message, _seconds(retry_after))
    if status in (401, 403):
        return errors.Unauthorized(message, status)
    # Runway answers 400 for missing credits, and this sentence is all that tells it from a wrong field
    if status == 402 or "enough credits" in complaint.lower():
        return errors.OutOfCredits(message)
    return errors.Rejected(message, status, field)


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
