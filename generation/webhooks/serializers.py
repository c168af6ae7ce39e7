"""Webhooks and their messages as JSON."""

from __future__ import annotations

from typing import Any

from generation.models import WebhookDelivery, WebhookEndpoint
from projects.text.iso_time import iso_time


def webhook_dict(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return the API's webhook, without its secret."""
    return {
        "webhookId": str(endpoint.pk),
        "url": endpoint.url,
        "events": endpoint.events,
        "active": endpoint.active,
        "failingSince": iso_time(endpoint.failing_since),
        "switchedOff": endpoint.switched_off or None,
        "username": endpoint.owner.get_username(),
        "createdAt": iso_time(endpoint.created_at),
    }


def webhook_with_secret(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return the API's webhook, with the secret by which its messages are signed."""
    return webhook_dict(endpoint) | {"secret": endpoint.secret}


def delivery_dict(delivery: WebhookDelivery) -> dict[str, Any]:
    """Return the API's message, with what was answered."""
    return {
        "deliveryId": str(delivery.pk),
        "eventId": delivery.event_id,
        "event": delivery.event,
        "status": delivery.state,
        "attempts": delivery.attempts,
        "responseStatus": delivery.response_status,
        "response": delivery.answer,
        "error": delivery.error or None,
        "body": delivery.body,
        "createdAt": iso_time(delivery.created_at),
        "attemptedAt": iso_time(delivery.attempted_at),
        "nextAttemptAt": None if delivery.finished_at else iso_time(delivery.due_at),
        "finishedAt": iso_time(delivery.finished_at),
    }
