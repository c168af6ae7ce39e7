"""What a task's state at Runway means for its job: the moves of a poll, of a cancel, of an adopted task."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from generation.engine import backoff, cache, queues, runway_account
from generation.models import GenerationJob
from generation.models.status import Status
from generation.runway import errors
from generation.runway.client import Task

STATUSES = {"PENDING": Status.PENDING, "THROTTLED": Status.THROTTLED, "RUNNING": Status.RUNNING}
WORDS = {
    Status.PENDING: "Runway will begin soon.",
    Status.THROTTLED: "Waits at Runway for a free place.",
    Status.RUNNING: "Runway works on it.",
}


def follow(job: GenerationJob, task: Task) -> bool:
    """Move the job to where its task is; False where only its progress may have changed. LostRace, RunwayError."""
    if task.status == "SUCCEEDED":
        _succeeded(job, task)
    elif task.status == "FAILED":
        _failed(job, task)
    elif task.status == "CANCELLED":
        job.move_to(Status.CANCELLED, message="Runway says that it was cancelled.", **_cost(task))
    elif job.cancel_requested_at:
        _cancel_there(job, started=task.status == "RUNNING")
    elif not _goes_on(job, task):
        return False
    cache.wake_waiting(job)
    return True


def stays(job: GenerationJob, task: Task) -> bool:
    """Whether there is nothing to write down but progress, as at nearly every question."""
    status = STATUSES.get(task.status)
    same = status is not None and (status == job.status or job.status == Status.RUNNING)
    return same and not job.cancel_requested_at and not _is_overdue(job.running_at)


def _is_overdue(started: datetime | None) -> bool:
    return started is not None and timezone.now() - started > timedelta(seconds=settings.RUNWAY_TASK_TIMEOUT)


def task_gone(job: GenerationJob) -> None:
    """A cancelled task answers 404 as well: after a wish to cancel, that is what was wanted."""
    if job.cancel_requested_at:
        job.move_to(Status.CANCELLED, message="Cancelled; Runway no longer has the task.")
    else:
        _fail(job, "task_gone", "Runway no longer knows this task; it may have been deleted there.", retryable=True)
    cache.wake_waiting(job)


def _succeeded(job: GenerationJob, task: Task) -> None:
    if not task.output:
        _fail(job, "no_output", "Runway says it is done, and gave no clip.", retryable=True, task=task)
        return
    job.move_to(
        Status.DOWNLOADING,
        message="Runway is done; the clip is fetched.",
        data={"outputs": len(task.output), "cost": str(task.cost or "")},
        output_urls=list(task.output),
        credits_charged=job.credits_estimated if task.cost is None else task.cost,
        progress=max(job.progress, 99),
    )
    queues.nudge("collect", str(job.pk))


def _failed(job: GenerationJob, task: Task) -> None:
    retryable, meaning = errors.failure_of(task.failure_code)
    words = f"{meaning} Runway says: {task.failure}" if task.failure else meaning
    _fail(job, task.failure_code or "runway_failed", words, retryable=retryable, task=task)


def _fail(job: GenerationJob, code: str, message: str, *, retryable: bool, task: Task | None = None) -> None:
    told = {"failureCode": task.failure_code, "failure": task.failure, "cost": str(task.cost or "")} if task else {}
    job.move_to(
        Status.FAILED,
        message=message,
        data=told,
        error_code=code[:80],
        error_message=message,
        error_retryable=retryable,
        **(_cost(task) if task else {}),
    )


def _cost(task: Task) -> dict[str, Any]:
    """What is known already stays known where the task does not tell."""
    return {} if task.cost is None else {"credits_charged": task.cost}


def _cancel_there(job: GenerationJob, *, started: bool) -> None:
    """Runway keeps what a running task costs, and gives back what a waiting one was to cost."""
    runway_account.client().cancel_task(str(job.runway_task_id))
    message = (
        "Cancelled while Runway worked on it; Runway does not refund that."
        if started
        else "Cancelled before Runway began; Runway gives the credits back."
    )
    job.move_to(Status.CANCELLED, message=message, credits_charged=job.credits_estimated if started else 0)


def _goes_on(job: GenerationJob, task: Task) -> bool:
    now = timezone.now()
    status = STATUSES.get(task.status, Status(job.status))
    started = now if status == Status.RUNNING and job.running_at is None else job.running_at
    if _is_overdue(started):
        _timed_out(job)
        return True
    # a task does not go back to waiting once Runway works on it, whatever a stale answer says
    if status == job.status or job.status == Status.RUNNING:
        return False
    job.move_to(
        status,
        message=WORDS[status],
        data={"status": task.status, "progress": task.progress},
        due_at=backoff.in_seconds(settings.RUNWAY_POLL_SECONDS),
        running_at=started,
        progress=max(job.progress, min(task.progress, 99)),
    )
    return True


def _timed_out(job: GenerationJob) -> None:
    message = (
        f"Runway did not finish within {settings.RUNWAY_TASK_TIMEOUT:g} s."
        " The task is paid: a retry first asks whether its clip has come after all."
    )
    job.move_to(
        Status.FAILED,
        message=message,
        error_code="timeout",
        error_message=message,
        error_retryable=True,
        clip_may_come=True,
    )
