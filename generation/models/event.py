"""The history of a job: one row for each thing that happened to it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from generation.models.status import Status
from projects.models.json_field import ValidJSONField


class JobEvent(models.Model):
    """One entry in the history of a job; append-only.

    Every task id that Runway gives is recorded here, even when another process has moved the job meanwhile. The column
    is unique, so no two jobs can have the same task.
    """

    class Kind(models.TextChoices):
        """What an event records."""

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
    data = ValidJSONField(default=dict, blank=True)
    runway_task_id = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - unique

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}".strip()
