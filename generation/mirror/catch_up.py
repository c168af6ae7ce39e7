"""Move a job that its scene's folder knows in a later state: the database is from a backup."""

from __future__ import annotations

from collections import deque
from typing import Any

from django.utils.translation import gettext_noop

from generation.models import GenerationJob, JobEvent
from generation.models.status import AT_RUNWAY, MOVES, Status

# jobs whose outcome is unknown: none is sent again by itself, and none that may be paid for is given up
STATUS_AFTER_RESTORE: dict[str, Status] = {
    Status.QUEUED: Status.CANCELLED,
    Status.SUBMITTING: Status.UNCONFIRMED,
}
MESSAGE = gettext_noop("Taken from the scene's folder, which is newer than the database.")
# what only the last move sets; the others would be seen in states that do not have it
_OF_THE_END = (
    "asset",
    "outputs",
    "error_code",
    "error_message",
    "error_retryable",
    "refused_digest",
    "clip_may_come",
    "finished_at",
    "checked_at",
)


def status_of(stored: str, task_id: str | None) -> Status:
    """Return the state that a job gets whose folder says `stored`; without a task nobody can be asked about it."""
    status = STATUS_AFTER_RESTORE.get(stored) or Status(stored)
    return status if task_id or status not in (*AT_RUNWAY, Status.DOWNLOADING) else Status.UNCONFIRMED


def catch_up(job: GenerationJob, values: dict[str, Any]) -> None:
    """Move a job along the arrows to the state in `values`, the columns that its folder tells, and set the columns.

    A task that the row does not know is recorded; what the task came to since then, Runway is asked by the next poll.
    """
    target = Status(values.pop("status"))
    task_id = values.pop("runway_task_id")
    values = {name: value for name, value in values.items() if value is not None}
    marks = {name: values.pop(name) for name in ("note", "mark")}
    version = values.pop("version")
    if task_id and not job.runway_task_id:
        job.add_event(JobEvent.Kind.ANSWER, MESSAGE, {"taskId": task_id}, runway_task_id=task_id)
    for status in path(Status(job.status), target):
        own = values if status == target else {n: v for n, v in values.items() if n not in _OF_THE_END}
        has_task = task_id and status not in (Status.SUBMITTING, Status.UNCONFIRMED)
        job.move_to(status, message=MESSAGE, **own, **({"runway_task_id": task_id} if has_task else {}))
    # browsers drop what has a lower version than they have seen
    GenerationJob.objects.filter(pk=job.pk, version__lt=version).update(version=version)
    job.annotate(**marks)


def path(start: Status, end: Status) -> list[Status]:
    """Return the states on the shortest way along the arrows, without `start`; empty where no way leads there."""
    ways = deque([[start]])
    seen = {start}
    while ways:
        way = ways.popleft()
        if way[-1] == end:
            return way[1:]
        for status in sorted(MOVES[way[-1]] - seen):
            seen.add(status)
            ways.append([*way, status])
    return []
