"""What a request costs before it is made: its price, or nothing where the same was paid before or is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User

from generation import references
from generation.engine import inputs, request_key
from generation.engine.inputs import Inputs
from generation.models import GenerationJob
from generation.runway.catalog import CatalogModel
from projects.models import Scene

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Offer:
    """`price` is Runway's, None where nobody knows; `source` a finished take whose file serves, `twin` one to come."""

    price: Decimal | None
    key: str
    reuse: bool
    source: GenerationJob | None = None
    twin: GenerationJob | None = None
    trouble: str = ""
    """What is wrong with an earlier take that would have served."""

    @property
    def credits(self) -> Decimal | None:
        return NOTHING if self.source or self.twin else self.price


def make(user: User, scene: Scene, model: CatalogModel, found: Inputs, asked: bool | None) -> Offer:
    """`asked`: what was said of reuse; None where nothing was."""
    price = model.max_credits(found.parameters, inputs.measures(model, found))
    files = {references.to_asset(asset): asset for asset in found.assets}
    key = request_key.key_of(model, found.parameters, files)
    if not request_key.wanted(asked, found.parameters):
        return Offer(price, key, reuse=False)
    source, trouble = request_key.find(user, scene.project, key)
    twin = None if source else request_key.under_way(user, scene.project, key, queued=True).first()
    return Offer(price, key, True, source, twin, trouble)
