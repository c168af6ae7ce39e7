"""The studio's one line to Runway: its client, and what the last talk told (balance, limits, or what is wrong)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone

from generation.models import RunwayState
from generation.runway import errors
from generation.runway.client import Client
from projects.problems import Problem

Condition = RunwayState.Condition
NOW = timedelta(0)
TEST_MODEL = "gen4_turbo"


def client() -> Client:
    return _client(settings.RUNWAY_API_URL, settings.RUNWAY_API_KEY, settings.RUNWAY_API_VERSION)


@cache
def _client(url: str, key: str, version: str) -> Client:
    return Client(url, key, version)


def state() -> RunwayState:
    return RunwayState.objects.get_or_create(pk=1)[0]


def note(error: errors.RunwayError | None) -> None:
    """Remember how the last talk went; a row is written only when that is news."""
    if isinstance(error, errors.Unauthorized):
        _turn(Condition.UNAUTHORIZED, str(error))
    elif isinstance(error, errors.Unreachable):
        _turn(Condition.UNREACHABLE, str(error))
    else:
        _turn(Condition.OK, "")


def _turn(condition: Condition, message: str) -> None:
    state()
    changed = RunwayState.objects.filter(pk=1).exclude(condition=condition)
    changed.update(condition=condition, message=message[:300], since=timezone.now())


def organization(max_age: timedelta = timedelta(seconds=60)) -> dict[str, Any]:
    """What Runway says of balance and limits, at most `max_age` old; asks it otherwise. Raises RunwayError."""
    known = state()
    if known.organization_at and timezone.now() - known.organization_at < max_age:
        return dict(known.organization)
    try:
        found = client().organization()
    except errors.RunwayError as error:
        note(error)
        raise
    note(None)
    RunwayState.objects.filter(pk=1).update(organization=found, organization_at=timezone.now())
    return found


def forget() -> None:
    """What Runway said of balance and limits has proved to be old."""
    RunwayState.objects.filter(pk=1).update(organization_at=None)


def limits(found: dict[str, Any], model: str) -> dict[str, int | None]:
    """How many of a model may run at once and in a day, and have run today; None where there is no limit."""
    of_model = _dig(found, "tier", "models", model)
    return {
        "maxConcurrentGenerations": _whole(of_model.get("maxConcurrentGenerations")),
        "maxDailyGenerations": _whole(of_model.get("maxDailyGenerations")),
        "dailyGenerations": _whole(_dig(found, "usage", "models", model).get("dailyGenerations")),
    }


@dataclass(frozen=True)
class ModelLimits:
    """Of one model, as Runway told it; None where there is no limit, or none was told."""

    model: str
    used: int | None
    daily: int | None
    at_once: int | None

    @property
    def part(self) -> int:
        """Per cent of the day that is used, 0 to 100."""
        return min(100, self.used * 100 // self.daily) if self.daily and self.used else 0


def table(found: dict[str, Any]) -> list[ModelLimits]:
    """Every model that the account has, those used today first."""
    names = _dig(found, "tier", "models").keys() | _dig(found, "usage", "models").keys()
    rows = []
    for name in sorted(names):
        of_model = limits(found, name)
        used, daily = of_model["dailyGenerations"], of_model["maxDailyGenerations"]
        rows.append(ModelLimits(name, used, daily, of_model["maxConcurrentGenerations"]))
    return sorted(rows, key=lambda row: -(row.used or 0))


def _dig(found: Any, *names: str) -> dict[str, Any]:
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def test() -> dict[str, Any]:
    """Balance and limits as Runway tells them at this moment; Problem 502 when it refuses or is away."""
    try:
        found = organization(max_age=NOW)
    except errors.RunwayError as error:
        raise problem(error) from error
    balance = found.get("creditBalance")
    return {
        "credits": balance if isinstance(balance, int | float) else None,
        **limits(found, TEST_MODEL),
        "apiVersion": settings.RUNWAY_API_VERSION,
        "baseUrl": client().base_url,
        "model": TEST_MODEL,
    }


def problem(error: errors.RunwayError) -> Problem:
    """502 with what Runway said."""
    if isinstance(error, errors.Unauthorized):
        return Problem(f"Runway refuses the key: set a valid RUNWAY_API_KEY. {error}", code=error.code, status=502)
    return Problem(str(error), code=error.code, status=502)
