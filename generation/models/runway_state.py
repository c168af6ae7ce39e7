"""What the engine keeps between its steps: leases, and the last contact with Runway."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from projects.models.json_field import ValidJSONField


class Lease(models.Model):
    """The process that does what only one may do at a time, and until when. A lease ends by expiry."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=80, blank=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class RunwayState(models.Model):
    """The outcome of the last call to Runway, in a single row. Pages show a banner when the condition is not OK."""

    class Condition(models.TextChoices):
        """Whether Runway answers, and accepts the API key."""

        OK = "ok"
        UNAUTHORIZED = "unauthorized"
        UNREACHABLE = "unreachable"

    condition = models.CharField(max_length=12, choices=Condition.choices, default=Condition.OK)
    message = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(default=timezone.now)
    # the last answer of GET /v1/organization, unchanged, and when it came
    organization = ValidJSONField(default=dict)
    organization_at = models.DateTimeField(null=True)
    # among queued jobs of the same priority the cheapest goes first; otherwise the oldest
    cheapest_first = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.condition
