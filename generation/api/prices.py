"""Prices as JSON: what a request would cost, and what Runway has billed so far."""

from __future__ import annotations

import json
from typing import Annotated, Any

from ninja import Query, Router
from pydantic import BaseModel, Field

from generation import actions
from generation.api.field_types import Number
from generation.api.generation_schemas import GenerationIn
from generation.models import ObservedPrice, paging
from generation.money import budgets
from generation.money.estimates import Certainty, Source
from generation.money.prices import observed_prices, read_ceiling
from generation.serializers import plain_number
from projects.access import permissions
from projects.api.schemas import Time
from projects.text.iso_time import iso_time
from projects.web.authentication import Request
from projects.web.envelope import responses, success

router = Router(tags=["money"])


class QuoteOut(BaseModel):
    """What a request would cost."""

    credits: Number | None = Field(description="null where the price is not known")
    certainty: Certainty
    priceSource: Source = Field(description="where the price comes from")
    bills: int = Field(description="of how many bills the price is made")
    cachedFrom: str | None = Field(description="the job whose file would be used for 0 credits")
    refusal: str | None = Field(description="which budget is against it, or asks for maxCredits")


class ObservedPriceOut(BaseModel):
    """The last bill of one class of requests."""

    kind: str
    model: str
    settings: dict[str, Any] | str = Field(description="what the price can depend on; `per` is the unit of amount")
    amount: Number
    credits: Number
    bills: int = Field(description="how many in a row said so")
    since: Time = Field(description="of the first of these bills")
    lastAt: Time
    published: Number | None = Field(description="the price in the catalog of models")
    expected: Number | None = Field(description="the estimate that the first of these bills has proved wrong")


class ObservedPricesOut(BaseModel):
    """A page of prices, and the cursor of the next page."""

    prices: list[ObservedPriceOut]
    nextCursor: str | None


@router.post("/generations/quote", response=responses(QuoteOut), summary="What a generation would cost")
def quote(request: Request, payload: GenerationIn) -> Any:
    """Take the same body as `POST /api/generations`, and store nothing.

    A file that is not in the project yet is not looked at: where the price depends on it, it is not known.
    """
    scene = permissions.scene_for(request.user, payload.projectId, payload.sceneId, "spend")
    quote = actions.quote_request(
        request.user,
        scene,
        kind=payload.kind,
        model=payload.model,
        parameters=payload.parameters,
        reuse=payload.reuse,
    )
    held = read_ceiling(payload.maxCredits) if quote.credits is None else quote.credits
    source = quote.source or quote.in_flight
    data = {
        "credits": plain_number(quote.credits),
        "certainty": quote.estimate.certainty,
        "priceSource": quote.estimate.source,
        "bills": quote.estimate.bills,
        "cachedFrom": str(source.pk) if source else None,
        "refusal": budgets.blocking_reason(request.user, scene.project, held) or None,
    }
    return success(data)


@router.get("/prices", response=responses(ObservedPricesOut), summary="Prices as Runway has billed them")
def prices(
    request: Request,
    kind: str | None = None,
    model: str | None = None,
    limit: Annotated[int, Query(100, ge=1, le=1000)] = 100,
    cursor: str | None = None,
) -> Any:
    """List the last bill of each class of requests, the newest class first; those of the simulator by themselves."""
    selected = observed_prices()
    if kind is not None:
        selected = selected.filter(kind=kind)
    if model is not None:
        selected = selected.filter(model=model)
    page, next_cursor = paging.page(selected, limit, cursor, order=["pk"])
    return success({"prices": [_price_dict(price) for price in page], "nextCursor": next_cursor})


def _price_dict(price: ObservedPrice) -> dict[str, Any]:
    return {
        "kind": price.kind,
        "model": price.model,
        "settings": json.loads(price.settings) if price.settings.startswith("{") else price.settings,
        "amount": plain_number(price.amount),
        "credits": plain_number(price.credits),
        "bills": price.bills,
        "since": iso_time(price.since),
        "lastAt": iso_time(price.last_at),
        "published": plain_number(price.published),
        "expected": plain_number(price.expected),
    }
