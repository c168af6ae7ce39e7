"""What is sent, read."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request

from generation.runway.catalog.fields import ABSENT
from generation.simulator.refusals import Issue, Refused, custom, invalid_format, invalid_type, wrong_body

BODY_BYTES = 6 * 1024 * 1024
USAGE_DAYS, MOST_USAGE_DAYS = 30, 90


async def read_json(request: Request) -> Any:
    body = await request.body()
    if len(body) > BODY_BYTES:
        raise Refused(413, f"The body is larger than {BODY_BYTES} bytes.")
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "The body is not valid JSON.") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def usage_dates(body: Any, today: date) -> tuple[date, date]:
    """The first day, and the day after the last; by default the last 30 days with today."""
    if not isinstance(body, dict):
        raise wrong_body(invalid_type((), "object", body))
    issues = [issue for name in ("startDate", "beforeDate") if (issue := _wrong_date(name, body.get(name, ABSENT)))]
    if issues:
        raise wrong_body(*issues)
    start = date.fromisoformat(body.get("startDate", (today - timedelta(days=USAGE_DAYS)).isoformat()))
    ahead = start + timedelta(days=USAGE_DAYS) if "startDate" in body else today + timedelta(days=1)
    before = date.fromisoformat(body.get("beforeDate", ahead.isoformat()))
    if not 0 < (before - start).days <= MOST_USAGE_DAYS:
        message = f"beforeDate must be 1 to {MOST_USAGE_DAYS} days after startDate."
        raise wrong_body(custom(("beforeDate",), message))
    return start, before


def _wrong_date(name: str, value: object) -> Issue | None:
    if value is ABSENT:
        return None
    if not isinstance(value, str):
        return invalid_type((name,), "string", value)
    try:
        # far from the ends of the calendar, where days can still be added
        fits = re.fullmatch(r"\d{4}-\d\d-\d\d", value) and 1970 <= date.fromisoformat(value).year < 9999
    except ValueError:
        fits = False
    return None if fits else invalid_format((name,), "date", "Invalid ISO date")
