"""Webhooks as JSON, for staff."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from generation.actions import webhooks
from generation.models import paging
from generation.models.webhook import ALL_EVENTS
from generation.webhooks import serializers
from projects.api.schemas import Time
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success
from projects.web.field_types import Flag, Text
from projects.web.request_body import RequestBody

router = Router(tags=["webhooks"])
WEBHOOKS = "/webhooks"
WEBHOOK = WEBHOOKS + "/{webhook_id}"
_EVENTS = f'names of events, or `["{ALL_EVENTS}"]` for all'


class WebhookIn(RequestBody):
    """A new webhook."""

    url: Text = Field(description="an http or https address that is not inside a private network")
    events: list[Text] = Field([ALL_EVENTS], description=_EVENTS)


class WebhookChange(RequestBody):
    """What to change of a webhook; what is absent stays."""

    url: Text | None = None
    events: list[Text] | None = Field(None, description=_EVENTS)
    active: Flag | None = Field(None, description="true forgets its failures; false drops what was not sent yet")


class WebhookOut(BaseModel):
    """An address that is told of events."""

    webhookId: str
    url: str
    events: list[str]
    active: bool
    failingSince: Time | None
    switchedOff: str | None = Field(description="why the studio switched it off")
    username: str = Field(description="who added it; it gets nothing once they are no longer staff")
    createdAt: Time


class WebhookWithSecret(WebhookOut):
    """A webhook with the secret by which its messages are signed."""

    secret: str = Field(description="as Standard Webhooks writes it, `whsec_…`")


class Webhooks(BaseModel):
    """All webhooks."""

    webhooks: list[WebhookOut]


class DeliveryOut(BaseModel):
    """A message to a webhook, and what came of it."""

    deliveryId: str
    eventId: str = Field(description="the header `webhook-id`, the same for every attempt")
    event: str
    status: Literal["waiting", "delivered", "failed"]
    attempts: int
    responseStatus: int | None
    response: str = Field(description="the beginning of the answer")
    error: str | None
    body: str
    createdAt: Time
    attemptedAt: Time | None
    nextAttemptAt: Time | None
    finishedAt: Time | None


class Deliveries(BaseModel):
    """A page of the log, the newest first."""

    deliveries: list[DeliveryOut]
    nextCursor: str | None


@router.get(WEBHOOKS, response=responses(Webhooks), summary="All webhooks")
def list_webhooks(request: Request) -> Any:
    """For staff, without their secrets."""
    return success({"webhooks": [serializers.webhook_dict(each) for each in webhooks.webhooks(request.user)]})


@router.post(WEBHOOKS, response=responses(WebhookWithSecret, 201), summary="Add a webhook")
def create_webhook(request: Request, payload: WebhookIn) -> Any:
    """For staff. Messages are signed with the secret, see https://www.standardwebhooks.com."""
    endpoint = webhooks.add_webhook(request.user, payload.url, payload.events)
    return Status(201, success(serializers.webhook_with_secret(endpoint)))


@router.get(WEBHOOK, response=responses(WebhookWithSecret), summary="A webhook with its secret")
def get_webhook(request: Request, webhook_id: str) -> Any:
    """For staff."""
    return success(serializers.webhook_with_secret(webhooks.webhook_for(request.user, webhook_id)))


@router.patch(WEBHOOK, response=responses(WebhookWithSecret), summary="Change a webhook")
def change_webhook(request: Request, webhook_id: str, payload: WebhookChange) -> Any:
    """For staff."""
    endpoint = webhooks.webhook_for(request.user, webhook_id)
    endpoint = webhooks.change_webhook(
        request.user, endpoint, url=payload.url, wanted=payload.events, active=payload.active
    )
    return success(serializers.webhook_with_secret(endpoint))


@router.delete(WEBHOOK, response=responses(Nothing), summary="Remove a webhook with its log")
def delete_webhook(request: Request, webhook_id: str) -> Any:
    """For staff."""
    webhooks.remove_webhook(request.user, webhooks.webhook_for(request.user, webhook_id))
    return success(message=_("The webhook is removed."))


@router.post(WEBHOOK + "/test", response=responses(DeliveryOut, 202), summary="Send a test message")
def test_webhook(request: Request, webhook_id: str) -> Any:
    """Of the type `webhook.test`. What came of it is in the log."""
    delivery = webhooks.send_test(request.user, webhooks.webhook_for(request.user, webhook_id))
    return Status(202, success(serializers.delivery_dict(delivery)))


@router.get(WEBHOOK + "/deliveries", response=responses(Deliveries), summary="The last messages of a webhook")
def list_deliveries(
    request: Request,
    webhook_id: str,
    limit: Annotated[int, Query(50, ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Any:
    """Newest first; of those that are done the last 200 are kept."""
    log = webhooks.webhook_for(request.user, webhook_id).deliveries.all()
    rows, next_cursor = paging.page(log, limit, cursor)
    return success({"deliveries": [serializers.delivery_dict(row) for row in rows], "nextCursor": next_cursor})


@router.post(
    WEBHOOK + "/deliveries/{delivery_id}/resend", response=responses(DeliveryOut, 202), summary="Send a message again"
)
def resend(request: Request, webhook_id: str, delivery_id: str) -> Any:
    """With the same `webhook-id`, as a new entry of the log."""
    endpoint = webhooks.webhook_for(request.user, webhook_id)
    delivery = webhooks.resend(request.user, webhooks.delivery_of(endpoint, delivery_id))
    return Status(202, success(serializers.delivery_dict(delivery)))
