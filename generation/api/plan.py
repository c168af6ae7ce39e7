"""The plan of the queue as JSON: when what waits will be sent and done, and in which order."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Router
from pydantic import BaseModel, Field

from generation import actions
from generation.api.field_types import Number
from generation.engine import forecast, slots
from projects.web.authentication import Request
from projects.web.envelope import responses, success
from projects.web.request_body import RequestBody

router = Router(tags=["generation"])
Order = Literal["queue", "cheapest"]


class OrderIn(RequestBody):
    """Who goes first among waiting jobs of the same priority."""

    order: Order


class PlannedJob(BaseModel):
    """When a waiting job will be sent and done."""

    jobId: str
    startsAt: str | None = Field(description="null if Runway allows none of this model")
    endsAt: str | None
    nextDay: bool = Field(description="whether it waits for Runway's daily limit, not only for a free place")


class ModelPlanOut(BaseModel):
    """The waiting jobs of one model, and its limits at Runway."""

    model: str
    sentence: str
    waiting: int
    fits: int = Field(description="how many are sent before the daily limit is reached")
    restFrom: str | None
    doneAt: str | None
    maxDaily: int | None
    usedToday: int | None = Field(description="in the last 24 hours")
    maxConcurrent: int | None
    credits: Number = Field(description="of all waiting jobs, as estimated")
    priceUnknown: int = Field(description="how many of them have no known price")
    othersWaiting: int = Field(description="jobs of other people's projects in the same queue")
    jobs: list[PlannedJob]


class PlanOut(BaseModel):
    """The order of the queue, and the plan of each model."""

    order: Order
    models: list[ModelPlanOut]


@router.get("/plan", response=responses(PlanOut), summary="When what waits will be sent and done")
def plan(request: Request, order: Order | None = None) -> Any:
    """Per model, from Runway's last known limits and from how long takes have lasted here.

    `order` asks what would happen if the oldest, or the cheapest, went first; without it, what will happen.
    """
    # None is neither: it is the order that the studio has chosen
    cheapest = order == "cheapest" if order else slots.is_cheapest_first()
    return success(_plan(request, cheapest))


@router.put("/plan", response=responses(PlanOut), summary="Let the oldest go first, or the cheapest")
def choose_order(request: Request, payload: OrderIn) -> Any:
    """For the whole studio's queue, by staff. A higher priority goes before either."""
    actions.set_queue_order(request.user, cheapest_first=payload.order == "cheapest")
    return success(_plan(request, payload.order == "cheapest"))


def _plan(request: Request, cheapest: bool) -> dict[str, object]:
    models = forecast.forecast_queue(request.user, cheapest_first=cheapest)
    return {
        "order": "cheapest" if cheapest else "queue",
        "models": [forecast.forecast_dict(model) for model in models],
    }
