"""What every page knows of the studio."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from generation import pauses
from generation.models import RunwayState


def studio(request: HttpRequest) -> dict[str, object]:
    # a request that was refused early has nobody
    user = getattr(request, "user", AnonymousUser())
    return {
        "runway_is_simulator": settings.RUNWAY_IS_SIMULATOR,
        "runway_state": RunwayState.objects.filter(pk=1).first(),
        "pauses": pauses.seen_by(user) if user.is_authenticated else [],
    }
