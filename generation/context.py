"""What every page knows of the studio."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Avg, Count
from django.http import HttpRequest

from generation import pauses
from generation.finding import jobs_of
from generation.models import RunwayState


def studio(request: HttpRequest) -> dict[str, object]:
    """Each is asked for when a template names it, and once: fragments name none."""
    known: dict[str, object] = {
        "runway_is_simulator": settings.RUNWAY_IS_SIMULATOR,
        "runway_state": cache(lambda: RunwayState.objects.filter(pk=1).first()),
    }
    # a request that was refused early has nobody
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return known
    return known | {"pauses": cache(lambda: pauses.seen_by(user)), "work": cache(lambda: work(user))}


def work(user: User) -> dict[str, float]:
    """How many takes are under way, and how far they are together, 0 to 100: for the head."""
    found = jobs_of(user).unfinished().order_by().aggregate(count=Count("pk"), progress=Avg("progress"))
    return {"count": found["count"], "progress": found["progress"] or 0}
