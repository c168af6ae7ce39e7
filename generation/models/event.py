"""The story of a job: what happened to it, one row each."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from generation.models.status import Status


class JobEvent(models.Model):
    """One thing that happened to a job; append-only. A task id that Runway gave stands here whoever won the race."""

    class Kind(models.TextChoices):
        MOVE = "move"
        REQUEST = "request"
        ANSWER = "answer"
        WAIT = "wait"
        NOTE = "note"

    job = models.ForeignKey("generation.GenerationJob", on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now, editable=False)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    status = models.CharField(max_length=11, choices=Status.choices, blank=True)
    message = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    runway_task_id = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - unique

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}".strip()
