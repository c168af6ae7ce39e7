"""Webhooks: addresses that are told of events, and each message to one of them.

A message is a row, written in the transaction of what it tells: nothing is lost when a process dies. The engine sends
it, see `generation/engine/webhooks.py`.
"""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from projects.models.json_field import ValidJSONField
from projects.text.iso_time import iso_time

ALL_EVENTS = "*"
MAX_URL = 2048
MAX_ANSWER = 500
"""Characters of an answer that are kept."""
MAX_SENTENCE = 300


def new_secret() -> str:
    """Return a secret as Standard Webhooks writes it: `whsec_` and 24 random bytes in base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"


def new_event_id() -> str:
    """Return the id of an event, by which a receiver knows it again when it comes twice."""
    return f"msg_{uuid.uuid4().hex}"


class EndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    """Questions about endpoints."""

    def in_use(self) -> EndpointQuerySet:
        """Select those that get messages: they are on, and whoever added them is still staff."""
        return self.filter(active=True, owner__is_active=True, owner__is_staff=True)

    def listening(self, event: str) -> list[WebhookEndpoint]:
        """Return those in use that want an event; one query of a table with a few rows."""
        return [endpoint for endpoint in self.in_use() if endpoint.wants(event)]


class WebhookEndpoint(models.Model):
    """An address that is told of events."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=MAX_URL)
    # not as a digest: each message is signed with it
    secret = models.CharField(max_length=80, default=new_secret, editable=False)
    events = ValidJSONField(default=list, help_text='names of events, or ["*"] for all')
    active = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True)
    switched_off = models.CharField(max_length=MAX_SENTENCE, blank=True, default="", help_text="why, in one sentence")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = models.Manager.from_queryset(EndpointQuerySet)()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.url

    def wants(self, event: str) -> bool:
        """Return whether the endpoint asked for an event."""
        return ALL_EVENTS in self.events or event in self.events

    def note_success(self) -> None:
        """Note that a message has arrived."""
        WebhookEndpoint.objects.filter(pk=self.pk).exclude(failing_since=None).update(failing_since=None)

    def note_failure(self, now: datetime) -> timedelta:
        """Note that a message has not arrived, and return for how long none has."""
        WebhookEndpoint.objects.filter(pk=self.pk, failing_since=None).update(failing_since=now)
        self.failing_since = WebhookEndpoint.objects.values_list("failing_since", flat=True).get(pk=self.pk)
        return now - (self.failing_since or now)


class DeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    """Questions about messages."""

    def pending(self) -> DeliveryQuerySet:
        """Select those that are to be sent, by the partial index."""
        return self.filter(finished_at__isnull=True)

    def give_up(self, reason: str) -> None:
        """End those that were never sent, or not with success."""
        self.update(finished_at=timezone.now(), error=reason[:MAX_SENTENCE], claimed_by="", claim_expires_at=None)

    def forget_all_but(self, number: int) -> None:
        """Remove the oldest finished ones, so that a log stays short."""
        finished = self.exclude(finished_at=None)
        old = finished.order_by("-created_at", "-id")[number : number + 1]
        for moment in old.values_list("created_at", flat=True):
            finished.filter(created_at__lte=moment).delete()

    def tell(self, event: str, data: dict[str, Any]) -> None:
        """Write a message for each endpoint that wants an event, in the transaction of what has happened."""
        self.tell_some(list(WebhookEndpoint.objects.in_use()), event, data)

    def tell_some(self, endpoints: Iterable[WebhookEndpoint], event: str, data: dict[str, Any]) -> None:
        """Write a message for each of these endpoints that wants an event."""
        if wanting := [endpoint for endpoint in endpoints if endpoint.wants(event)]:
            self.write(wanting, event, data)

    def write(self, endpoints: list[WebhookEndpoint], event: str, data: dict[str, Any]) -> list[WebhookDelivery]:
        """Write a message for each of the endpoints, with one id, and return them."""
        event_id, now = new_event_id(), timezone.now()
        body = json.dumps({"type": event, "timestamp": iso_time(now), "data": data}, ensure_ascii=False)
        return self.bulk_create(
            WebhookDelivery(endpoint=endpoint, event_id=event_id, event=event, body=body, due_at=now)
            for endpoint in endpoints
        )

    def repeat(self, sent: WebhookDelivery) -> WebhookDelivery:
        """Write a message once more, with its own id."""
        same = {name: getattr(sent, name) for name in ("endpoint", "event_id", "event", "body")}
        return self.create(**same, due_at=timezone.now())


class WebhookDelivery(models.Model):
    """One message to one endpoint. Its finished rows are the log, of which the newest are kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event_id = models.CharField(max_length=40)
    event = models.CharField(max_length=40)
    body = models.TextField(help_text="the JSON that is signed and sent, byte for byte")
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(help_text="when it is to be sent, or sent again")
    claimed_by = models.CharField(max_length=80, blank=True, default="")
    claim_expires_at = models.DateTimeField(null=True)
    response_status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=MAX_ANSWER, blank=True, default="", help_text="the beginning of the answer")
    error = models.CharField(max_length=MAX_SENTENCE, blank=True, default="", help_text="why it has not arrived")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    attempted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(DeliveryQuerySet)()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "webhook deliveries"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(finished_at__isnull=True), name="pending_deliveries"),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="deliveries_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.state}"

    @property
    def state(self) -> str:
        """`waiting`, `delivered` or `failed`."""
        if self.finished_at is None:
            return "waiting"
        return "failed" if self.error else "delivered"
