"""Request bodies as JSON, and the dates of a usage query."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request

from generation.runway.catalog.base_field import ABSENT
from generation.simulator.api_errors import ApiError, Issue, custom, invalid_body, invalid_format, invalid_type

MAX_BODY_BYTES = 6 * 1024 * 1024
DEFAULT_USAGE_DAYS, MAX_USAGE_DAYS = 30, 90


async def read_json(request: Request) -> Any:
    """Return the body as JSON. Raise ApiError: 413 above `MAX_BODY_BYTES`, 400 when it is not valid JSON."""
    body = await request.body()
    if len(body) > MAX_BODY_BYTES:
        raise ApiError(413, f"The body is larger than {MAX_BODY_BYTES} bytes.")
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "The body is not valid JSON.") from error


def _refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(f"{name} is not valid JSON")


def usage_dates(body: Any, today: date) -> tuple[date, date]:
    """Return the first day of a usage query and the day after its last; by default the last 30 days with today.

    Raise ApiError when a date is malformed, or when there are more than 90 days.
    """
    if not isinstance(body, dict):
        raise invalid_body(invalid_type((), "object", body))
    issues = [issue for name in ("startDate", "beforeDate") if (issue := _date_issue(name, body.get(name, ABSENT)))]
    if issues:
        raise invalid_body(*issues)
    start = date.fromisoformat(body.get("startDate", (today - timedelta(days=DEFAULT_USAGE_DAYS)).isoformat()))
    default_before = start + timedelta(days=DEFAULT_USAGE_DAYS) if "startDate" in body else today + timedelta(days=1)
    before = date.fromisoformat(body.get("beforeDate", default_before.isoformat()))
    if not 0 < (before - start).days <= MAX_USAGE_DAYS:
        message = f"beforeDate must be 1 to {MAX_USAGE_DAYS} days after startDate."
        raise invalid_body(custom(("beforeDate",), message))
    return start, before


def _date_issue(name: str, value: object) -> Issue | None:
    if value is ABSENT:
        return None
    if not isinstance(value, str):
        return invalid_type((name,), "string", value)
    try:
        # years near the ends of the calendar would overflow when days are added
        fits = re.fullmatch(r"\d{4}-\d\d-\d\d", value) and 1970 <= date.fromisoformat(value).year < 9999
    except ValueError:
        fits = False
    return None if fits else invalid_format((name,), "date", "Invalid ISO date")
