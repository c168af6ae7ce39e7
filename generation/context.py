"""What every page knows of the studio."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from generation.models import RunwayState


def studio(request: HttpRequest) -> dict[str, object]:
    return {
        "runway_is_simulator": settings.RUNWAY_IS_SIMULATOR,
        "runway_state": RunwayState.objects.filter(pk=1).first(),
    }
