"""Samples of Runway's own voices. Runway publishes none, so that any speech made with a voice serves as its sample."""

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
from generation.money.prices import PriceBook
from generation.runway import catalog
from generation.runway.catalog import CatalogModel

KIND = "text_to_speech"
# short, so that a sample costs the least that there is
SAMPLE_TEXT = "Quiet on set. This is how I sound on a take."


@dataclass
class VoiceSample:
    """A voice by its name. `chosen` is the model of the form, which may be one that makes no speech by itself."""

    name: str
    chosen: CatalogModel
    user: User | AnonymousUser

    @cached_property
    def job(self) -> GenerationJob | None:
        """The newest speech with the voice, in any project that the person may see; else one that is being made."""
        speeches = jobs_of(self.user).filter(kind=KIND, parameters__voice__presetId=self.name)
        newest = speeches.select_related("asset__scene__project").order_by("-created_at")
        has_file = Q(status=Status.COMPLETED, asset__trashed_at=None, asset__isnull=False)
        return newest.filter(has_file).first() or newest.filter(status__in=UNFINISHED).first()

    @property
    def model(self) -> CatalogModel | None:
        """The model that makes the sample: the chosen one if it can, else the first that can."""
        models = [self.chosen] if self.chosen.kind == KIND else catalog.models(KIND)
        return next((model for model in models if not model.check(self.parameters)), None)

    @property
    def parameters(self) -> dict[str, Any]:
        """The request of the sample."""
        return {"promptText": SAMPLE_TEXT, "voice": {"type": "runway-preset", "presetId": self.name}}

    @property
    def credits(self) -> Decimal | None:
        """The price of the sample; None where it is unknown."""
        return PriceBook().estimate(self.model, self.parameters, {}).credits if self.model else None
