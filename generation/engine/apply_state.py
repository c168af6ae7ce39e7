"""Apply the state of a task at Runway to its job, after a poll, a cancellation or an adoption."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.engine import backoff, queues, reuse, runway_account
from generation.models import GenerationJob
from generation.models.status import Status
from generation.money import prices, refusals
from generation.runway.failure_codes import explain_failure
from generation.runway.task import Task

logger = logging.getLogger("dailies.jobs")

STATUSES = {"PENDING": Status.PENDING, "THROTTLED": Status.THROTTLED, "RUNNING": Status.RUNNING}
MESSAGES = {
    Status.PENDING: gettext_noop("Runway will start it soon."),
    Status.THROTTLED: gettext_noop("Waiting for a free slot at Runway."),
    Status.RUNNING: gettext_noop("Runway is generating it."),
}
# the rest of 100 is the download
MAX_PROGRESS = 99


def is_unchanged(job: GenerationJob, task: Task) -> bool:
    """Return whether only the progress can have changed, as after nearly every poll."""
    status = STATUSES.get(task.status)
    # an answer that was overtaken may call a running task pending: that is no change either
    is_same = status is not None and (status == job.status or job.status == Status.RUNNING)
    return is_same and not job.cancel_requested_at and not _is_overdue(job.running_at)


def apply_task(job: GenerationJob, task: Task) -> bool:
    """Move the job to the state of its task; return False when at most its progress has changed.

    A job whose cancellation was requested is cancelled at Runway, unless its task has ended. Raise LostRace, and
    RunwayError from the cancellation.
    """
    if task.status == "SUCCEEDED":
        _succeed(job, task)
    elif task.status == "FAILED":
        retryable, meaning = explain_failure(task.failure_code)
        message = (
            _("{meaning} Runway says: {failure}").format(meaning=meaning, failure=task.failure)
            if task.failure
            else meaning
        )
        _fail(job, task.failure_code or "runway_failed", message, retryable=retryable, task=task)
    # rare: Runway mostly answers 404 for a cancelled task, see apply_missing_task()
    elif task.status == "CANCELLED":
        job.move_to(Status.CANCELLED, message=gettext_noop("Cancelled at Runway."), **_cost(task))
    # only after the ends: a clip that is finished by now is paid for, and is kept
    elif job.cancel_requested_at:
        _cancel_at_runway(job, is_running=task.status == "RUNNING")
    elif not _advance(job, task):
        return False
    reuse.wake_waiting(job)
    return True


def apply_missing_task(job: GenerationJob) -> None:
    """Move a job whose task Runway does not have. A cancelled task is missing too, so that may be what was requested.

    Raise LostRace.
    """
    if job.cancel_requested_at:
        job.move_to(Status.CANCELLED, message=gettext_noop("Cancelled. Runway no longer has the task."))
    else:
        # what it cost stays unknown, so reconciliation names it as a suspect
        message = _("Runway no longer has this task. It may have been deleted there.")
        job.fail("task_gone", message, retryable=True)
    reuse.wake_waiting(job)


def _is_overdue(started_at: datetime | None) -> bool:
    return started_at is not None and timezone.now() - started_at > timedelta(seconds=settings.RUNWAY_TASK_TIMEOUT)


def _succeed(job: GenerationJob, task: Task) -> None:
    if not task.output:
        _fail(job, "no_output", _("Runway finished it, but returned no clip."), retryable=True, task=task)
        return
    # a failed download may end the same task again: it has one bill
    is_first_bill = task.cost is not None and job.credits_charged is None
    with transaction.atomic():
        job.move_to(
            Status.DOWNLOADING,
            message=gettext_noop("Runway has finished. The clip is being downloaded."),
            data={"outputs": len(task.output), "cost": _cost_text(task)},
            output_urls=list(task.output),
            credits_charged=job.credits_estimated if task.cost is None else task.cost,
            simulated=settings.RUNWAY_IS_SIMULATOR,
            progress=max(job.progress, MAX_PROGRESS),
        )
        if is_first_bill:
            _learn_price(job)
    queues.nudge("collect", str(job.pk))


def _learn_price(job: GenerationJob) -> None:
    try:
        with transaction.atomic():
            prices.record_bill(job)
    except Exception:
        # the clip is paid for and does not wait for this; `manage.py prices --rebuild` makes up for it
        logger.exception("price job=%s was not learned", job.pk)


def _cost_text(task: Task) -> str:
    return "" if task.cost is None else str(task.cost)


def _fail(job: GenerationJob, code: str, message: str, *, retryable: bool, task: Task) -> None:
    data = {"failureCode": task.failure_code, "failure": task.failure, "cost": _cost_text(task)}
    refused = refusals.digest_of_failure(code, job.kind, job.model, job.parameters)
    job.fail(code, message, retryable=retryable, data=data, refused_digest=refused, **_cost(task))


def _cost(task: Task) -> dict[str, Any]:
    """Return the task's cost as a change of the job; without one the job keeps what it has."""
    return {} if task.cost is None else {"credits_charged": task.cost}


def _cancel_at_runway(job: GenerationJob, *, is_running: bool) -> None:
    """Cancel the task. Runway charges for a task that it is running, and refunds one that is still waiting."""
    # Runway goes by the state in which it finds the task now, so message and cost may be wrong by one step. It tells
    # nothing of the task after that, so the next reconciliation names the job where the sums differ
    runway_account.client().cancel_task(str(job.runway_task_id))
    message = (
        _("Cancelled while Runway was generating it. Runway does not refund that.")
        if is_running
        else _("Cancelled before Runway started it. Runway refunds the credits.")
    )
    job.move_to(Status.CANCELLED, message=message, credits_charged=job.credits_estimated if is_running else 0)


def _advance(job: GenerationJob, task: Task) -> bool:
    """Move a job between the states of an unfinished task, or fail it when it is overdue; False when neither."""
    now = timezone.now()
    status = STATUSES.get(task.status, Status(job.status))
    started_at = now if status == Status.RUNNING and job.running_at is None else job.running_at
    # counted from the start at Runway: a throttled task may wait there for hours, and is not late
    if _is_overdue(started_at):
        _time_out(job)
        return True
    # a running task does not wait again, whatever an answer that came late says
    if status == job.status or job.status == Status.RUNNING:
        return False
    job.move_to(
        status,
        message=MESSAGES[status],
        data={"status": task.status, "progress": task.progress},
        due_at=backoff.seconds_from_now(settings.RUNWAY_POLL_SECONDS),
        running_at=started_at,
        # Runway's progress is coarse and may go back; a bar that goes back looks broken
        progress=max(job.progress, min(task.progress, MAX_PROGRESS)),
    )
    return True


def _time_out(job: GenerationJob) -> None:
    message = _(
        "Runway did not finish within {runway_task_timeout:g} s. The task is paid for: a retry first "
        "checks whether its clip is available after all."
    ).format(runway_task_timeout=settings.RUNWAY_TASK_TIMEOUT)
    # Runway goes on with the task, so its credits stay held until its end is known
    job.fail("timeout", message, retryable=True, clip_may_come=True)
