"""The price of a request before it is paid: an estimate, or nothing where the same request is paid for already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from generation import references
from generation.engine import inputs as job_inputs
from generation.engine import reuse_lookup
from generation.engine.inputs import Inputs
from generation.engine.request_key import request_key, wants_reuse
from generation.models import GenerationJob
from generation.models.ledger import ZERO
from generation.money.estimates import Estimate
from generation.money.prices import PriceBook
from generation.runway.catalog import CatalogModel
from projects.models import Scene
from projects.problems import Problem

NOTHING = ZERO


@dataclass(frozen=True)
class Quote:
    """What a request costs, and the job that it shares its file with, if any."""

    estimate: Estimate
    """Runway's price, as far as it is known."""
    key: str
    """The cache key; equal for equal requests."""
    reuse: bool
    """Whether the request may be served from the cache."""
    source: GenerationJob | None = None
    """A finished job of the same request, whose files serve this one."""
    in_flight: GenerationJob | None = None
    """An unfinished job of the same request, whose files will serve this one."""
    cache_problem: str = ""
    """Why a finished job of the same request cannot serve this one, as a sentence."""

    @property
    def price(self) -> Decimal | None:
        """Runway's price in credits; None when it is unknown."""
        return self.estimate.credits

    @property
    def credits(self) -> Decimal | None:
        """Return what the request will be charged; None when that is unknown."""
        return NOTHING if self.source or self.in_flight else self.price


def make_quote(
    user: User,
    scene: Scene,
    model: CatalogModel,
    inputs: Inputs,
    reuse: bool | None,
    prices: PriceBook | None = None,
) -> Quote:
    """Return the price of a request. `reuse` None is the default: a request with a seed is served from the cache.

    Whoever asks for many quotes gives them one book of prices.
    """
    price = (prices or PriceBook()).estimate(model, inputs.parameters, job_inputs.measure(model, inputs))
    files = {references.to_asset(asset): asset for asset in inputs.assets}
    key = request_key(model, inputs.parameters, files)
    if not wants_reuse(reuse, inputs.parameters):
        return Quote(price, key, reuse=False)
    source, problem = reuse_lookup.find_usable(user, scene.project, key)
    in_flight = None if source else reuse_lookup.jobs_in_flight(user, scene.project, key, queued=True).first()
    return Quote(price, key, True, source, in_flight, problem)


def estimate(
    scene: Scene, model: CatalogModel, parameters: Mapping[str, Any], prices: PriceBook | None = None
) -> Estimate:
    """Return the price of a request that is not made yet; a file that the project does not have is unknown."""
    try:
        media = job_inputs.measure(model, job_inputs.look_up(scene, model, parameters))
    except Problem:
        media = {}
    return (prices or PriceBook()).estimate(model, parameters, media)
