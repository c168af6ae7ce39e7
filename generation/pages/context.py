"""What every page knows of the studio."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Avg, Count, Exists, Subquery, Value
from django.http import HttpRequest

from generation.access import jobs_of
from generation.engine import pauses
from generation.models import Pause, RunwayState


def studio(request: HttpRequest) -> dict[str, object]:
    """Each is asked for when a template names it, and all at once: fragments name none."""
    known: dict[str, object] = {"runway_is_simulator": settings.RUNWAY_IS_SIMULATOR}
    # a request that was refused early has nobody
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return known | {"runway_state": cache(lambda: RunwayState.objects.filter(pk=1).first())}
    told = cache(lambda: head(user))
    return known | {"runway_state": told, "work": told, "pauses": cache(lambda: standing(user, told()))}


def head(user: User) -> dict[str, Any]:
    """For the head of a page, in one query: Runway's `condition` and `since` when; how many takes are under way
    (`count`), and how far they are together (`progress`, 0 to 100); whether anything is `paused`."""
    runway = RunwayState.objects.filter(pk=1)
    under_way = jobs_of(user).unfinished().order_by().annotate(all=Value(1)).values("all")
    asked = User.objects.filter(pk=user.pk).values(
        condition=Subquery(runway.values("condition")),
        since=Subquery(runway.values("since")),
        count=Subquery(under_way.annotate(count=Count("pk")).values("count")),
        progress=Subquery(under_way.annotate(mean=Avg("progress")).values("mean")),
        paused=Exists(pauses.visible_pauses(user)),
    )
    found = dict(asked.first() or {})
    return {**found, "count": found.get("count") or 0, "progress": found.get("progress") or 0}


def standing(user: User, told: dict[str, Any]) -> list[Pause]:
    return list(pauses.visible_pauses(user)) if told.get("paused") else []
