"""The studio's account at Runway: the client, and the outcome of the last call: balance, limits, or an error."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from generation.engine.account_limits import model_limits
from generation.engine.call_counts import count_call
from generation.models import RunwayState
from generation.runway import errors
from generation.runway.client import Client
from projects.problems import Problem

Condition = RunwayState.Condition
DEFAULT_MAX_AGE = timedelta(seconds=60)
# the model whose limits a test of the connection shows
TEST_MODEL = "gen4_turbo"


def client() -> Client:
    """Return the client for the key and address in the settings, with one pool of connections for each process."""
    return _client(
        settings.RUNWAY_API_URL, settings.RUNWAY_API_KEY, settings.RUNWAY_API_VERSION, settings.RUNWAY_CA_BUNDLE
    )


@cache
def _client(url: str, key: str, version: str, ca_bundle: str | None) -> Client:
    return Client(url, key, version, ca_bundle=ca_bundle, observe=count_call)


def state() -> RunwayState:
    """Return the outcome of the last call; before the first one an unsaved row with the defaults."""
    return RunwayState.objects.filter(pk=1).first() or RunwayState(pk=1)


def save_state(**values: Any) -> None:
    """Set columns of the single row, and create it when it is missing."""
    RunwayState.objects.update_or_create(pk=1, defaults=values)


def record_outcome(error: errors.RunwayError | None) -> None:
    """Record whether Runway answers and accepts the key, when that has changed; None is a call that succeeded."""
    condition, message = _condition(error)
    # asked after nearly every call, written hardly ever
    if state().condition != condition:
        save_state(condition=condition, message=message[:300], since=timezone.now())


def _condition(error: errors.RunwayError | None) -> tuple[Condition, str]:
    if isinstance(error, errors.Unauthorized):
        return Condition.UNAUTHORIZED, str(error)
    if isinstance(error, errors.Unreachable | errors.Intercepted):
        return Condition.UNREACHABLE, str(error)
    return Condition.OK, ""


def refresh_organization(max_age: timedelta = DEFAULT_MAX_AGE) -> RunwayState:
    """Return the state with balance and limits that are at most `max_age` old. Raise RunwayError."""
    last = state()
    if last.organization_at and timezone.now() - last.organization_at < max_age:
        return last
    try:
        organization = client().get_organization()
    except errors.RunwayError as error:
        record_outcome(error)
        raise
    record_outcome(None)
    save_state(organization=organization, organization_at=timezone.now())
    return state()


def expire_organization() -> None:
    """Let the next caller ask Runway for balance and limits again: the last ones proved to be outdated."""
    RunwayState.objects.filter(pk=1).update(organization_at=None)


def test_connection() -> dict[str, Any]:
    """Ask Runway now for balance and limits, as JSON for the API. Raise Problem 502 when it refuses or is away."""
    try:
        organization = refresh_organization(max_age=timedelta(0)).organization
    except errors.RunwayError as error:
        raise as_problem(error) from error
    balance = organization.get("creditBalance")
    limits = model_limits(organization, TEST_MODEL)
    return {
        "credits": balance if isinstance(balance, int | float) else None,
        "maxConcurrentGenerations": limits.concurrent,
        "maxDailyGenerations": limits.daily,
        "dailyGenerations": limits.used,
        "apiVersion": settings.RUNWAY_API_VERSION,
        "baseUrl": client().base_url,
        "model": TEST_MODEL,
    }


def as_problem(error: errors.RunwayError) -> Problem:
    """Return Problem 502 with Runway's own words."""
    if isinstance(error, errors.Unauthorized):
        return Problem(
            _("Runway refuses the API key. Set a valid RUNWAY_API_KEY. {error}").format(error=error),
            code=error.code,
            status=502,
        )
    return Problem(str(error), code=error.code, status=502)
