"""Template variables about the studio, for every page."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, TypedDict

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Avg, Count, Exists, QuerySet, Subquery, Sum, Value
from django.http import HttpRequest
from django.utils import timezone

from generation.access import jobs_of, projects_with_right
from generation.engine import pauses
from generation.models import JobQuerySet, ObservedPrice, Pause, RunwayState
from generation.models.job_row import credits_expected
from generation.money import balance, prices
from projects.models.compiled_query import CompiledQuery
from projects.web.troubles import Trouble, read_troubles

CHANGES_ARE_NEWS_FOR = timedelta(days=1)
CHANGES_SHOWN = 3


class HeaderFacts(TypedDict):
    """What the header of every page shows."""

    condition: str | None
    """Whether Runway answers; None before it was ever asked."""
    since: datetime | None
    count: int
    """Unfinished jobs in the person's projects."""
    progress: float
    """Their mean progress, 0 to 100."""
    paused: bool
    """Whether anything is paused that the person may see."""
    credits_left: Decimal | None
    """The credits that are left; None before Runway was ever asked."""
    price_changed: bool
    """Whether a bill of the last day was another than expected."""


def studio(request: HttpRequest) -> dict[str, object]:
    """Return Runway's state, the person's unfinished work, the pauses in force and the prices that have changed.

    They are read when a template names them, with one query: fragments name none, and whole pages name all.
    """
    simulator = {"runway_is_simulator": settings.RUNWAY_IS_SIMULATOR}
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        # a request that was refused early has no user
        return {**simulator, "runway_state": cache(lambda: RunwayState.objects.filter(pk=1).first())}
    facts = cache(lambda: header_facts(user))
    return {
        **simulator,
        "runway_state": facts,
        "work": facts,
        "credits_left": cache(lambda: facts()["credits_left"]),
        "pauses": cache(lambda: _pauses(user, facts())),
        "troubles": cache(_troubles),
        "price_changes": cache(lambda: _price_changes(user, facts())),
    }


def header_facts(user: User) -> HeaderFacts:
    """Return what the header shows a person."""
    facts = _header_query(settings.RUNWAY_IS_SIMULATOR).first(user.pk) or {}
    changed_at: datetime | None = facts.get("price_changed_at")
    return HeaderFacts(
        condition=facts.get("condition"),
        since=facts.get("since"),
        count=facts.get("count") or 0,
        progress=facts.get("progress") or 0,
        credits_left=balance.credits_left(facts.get("organization"), facts.get("waiting"), facts.get("sent")),
        paused=bool(facts.get("paused")),
        price_changed=changed_at is not None and changed_at >= timezone.now() - CHANGES_ARE_NEWS_FOR,
    )


@cache
def _header_query(_simulated: bool) -> CompiledQuery:
    """Return the query of the header; which prices it reads depends on whether Runway is the simulator."""
    return CompiledQuery(_header_facts)


def _header_facts(user_id: int) -> QuerySet[User, Any]:
    """Select what the header shows a person, as subqueries of one query, since every page asks for it."""
    user = User(pk=user_id)
    runway = RunwayState.objects.filter(pk=1)
    # `all` is a constant to group by, so that Count and Avg become one row of a subquery
    unfinished = jobs_of(user).unfinished().order_by().annotate(all=Value(1)).values("all")
    waiting, sent = (_credits(jobs) for jobs in balance.not_in_balance())
    return User.objects.filter(pk=user_id).values(
        condition=Subquery(runway.values("condition")),
        since=Subquery(runway.values("since")),
        count=Subquery(unfinished.annotate(count=Count("pk")).values("count")),
        progress=Subquery(unfinished.annotate(mean=Avg("progress")).values("mean")),
        organization=Subquery(runway.values("organization")),
        waiting=waiting,
        sent=sent,
        paused=Exists(pauses.visible_pauses(user)),
        price_changed_at=Subquery(prices.all_changes().values("since")[:1]),
    )


def _credits(jobs: JobQuerySet) -> Subquery:
    """Return what jobs are expected to cost together, as a part of a query."""
    sums = jobs.order_by().annotate(all=Value(1)).values("all").annotate(sum=Sum(credits_expected()))
    return Subquery(sums.values("sum"))


def _pauses(user: User, facts: HeaderFacts) -> list[Pause]:
    # no second query on most pages, since mostly nothing is paused
    return list(pauses.visible_pauses(user)) if facts["paused"] else []


def _troubles() -> list[Trouble]:
    """Return the processes that hang, or hung and were replaced; one that died was replaced at once."""
    return [trouble for trouble in read_troubles() if trouble["what"] != "died"]


def _price_changes(user: User, facts: HeaderFacts) -> list[ObservedPrice]:
    """Return the newest changes for whoever may spend."""
    if not facts["price_changed"] or not projects_with_right(user, "spend"):
        return []
    return list(prices.changes(CHANGES_ARE_NEWS_FOR)[:CHANGES_SHOWN])
