"""Runway's own voices, to be heard before they are paid for: Runway publishes no samples, so what was spoken is one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q

from generation.access import jobs_of
from generation.models import GenerationJob
from generation.models.status import UNFINISHED, Status
from generation.runway import catalog
from generation.runway.catalog import CatalogModel

KIND = "text_to_speech"
# short, so that it costs the least there is
LINE = "Quiet on set. This is how I sound on a take."


@dataclass
class Voice:
    """`chosen`: the model of the form; one that does not speak by itself is sampled by the first that does."""

    name: str
    chosen: CatalogModel
    user: User | AnonymousUser

    @cached_property
    def heard(self) -> GenerationJob | None:
        """The newest speech by it, in whatever project the person may see; while there is none, what is on its way."""
        spoken = jobs_of(self.user).filter(kind=KIND, parameters__voice__presetId=self.name)
        there = Q(status=Status.COMPLETED, asset__trashed_at=None, asset__isnull=False)
        newest = spoken.select_related("asset__scene__project").order_by("-created_at")
        return newest.filter(there).first() or newest.filter(status__in=UNFINISHED).first()

    @property
    def model(self) -> CatalogModel | None:
        """That makes a sample."""
        speaking = [self.chosen] if self.chosen.kind == KIND else catalog.models(KIND)
        return next((model for model in speaking if not model.check(self.request)), None)

    @property
    def request(self) -> dict[str, Any]:
        return {"promptText": LINE, "voice": {"type": "runway-preset", "presetId": self.name}}

    @property
    def credits(self) -> Decimal | None:
        return self.model.max_credits(self.request) if self.model else None
