"""What the steps keep between two of them: who holds what only one may do, and what Runway said last."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Lease(models.Model):
    """Who does a thing that only one may do at a time, and until when; given up by expiry, never by a lock."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=80, blank=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class RunwayState(models.Model):
    """What the last talk with Runway told: one row, shown as a banner when something is wrong."""

    class Condition(models.TextChoices):
        OK = "ok"
        UNAUTHORIZED = "unauthorized"
        UNREACHABLE = "unreachable"

    condition = models.CharField(max_length=12, choices=Condition.choices, default=Condition.OK)
    message = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(default=timezone.now)
    # GET /v1/organization, as it came, and when
    organization = models.JSONField(default=dict)
    organization_at = models.DateTimeField(null=True)
    # of what waits with the same priority, what costs least goes first; else the oldest
    cheapest_first = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.condition
