"""The connection to Runway as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel

from generation.api.field_types import Number
from generation.engine import runway_account
from projects.web.envelope import responses, success

router = Router(tags=["generation"])


class ConnectionOut(BaseModel):
    """What Runway says of the account, and the limits of the default model."""

    credits: Number | None
    dailyGenerations: int | None
    maxDailyGenerations: int | None
    maxConcurrentGenerations: int | None
    apiVersion: str
    baseUrl: str
    model: str


@router.get("/videos/test-runway", response=responses(ConnectionOut), summary="Balance and limits at Runway")
def test_runway(request: HttpRequest) -> Any:
    """Runway is asked now; 502 if it cannot be reached or refuses the key."""
    return success(runway_account.test_connection(), _("Runway responds."))
