"""Record what became of a paid request: its task at Runway, or that its outcome is unknown."""

from __future__ import annotations

import logging
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from generation.engine import backoff, journal
from generation.models import GenerationJob, JobEvent, LostRace
from generation.models.status import Status
from generation.runway.task import CreatedTask
from projects.credit_words import credit_words

logger = logging.getLogger("dailies.jobs")


def record_task(job: GenerationJob, created: CreatedTask) -> None:
    """Record the task id of a paid request, and move the job to `pending` unless another process has decided."""
    estimated = created.estimated_credits
    try:
        with transaction.atomic():
            # committed before the move: whoever moves the job in between, the proof that Runway has the task stays
            job.add_event(
                JobEvent.Kind.ANSWER,
                "Runway accepted the request.",
                {"taskId": created.id, "estimatedCredits": "" if estimated is None else str(estimated)},
                runway_task_id=created.id,
            )
    except IntegrityError:
        # the sweep found the id in the journal, or a person linked the task, while the answer was on its way here
        logger.info("task=%s of job=%s was recorded before", created.id, job.pk)
    # the sweep may mark it as unconfirmed in between, and then it is moved from there
    for _ in range(2):
        job.refresh_from_db()
        if job.status not in (Status.SUBMITTING, Status.UNCONFIRMED):
            return
        try:
            _move_to_pending(job, created)
        except LostRace:
            continue
        return


def mark_unconfirmed(job: GenerationJob, message: str, trace: str = "") -> None:
    """Move a job whose request may have been accepted; only a person sends it again. Raise LostRace."""
    job.move_to(
        Status.UNCONFIRMED,
        message=message,
        error_code="unconfirmed",
        error_message=message,
        # the same request may already be paid for, so nothing offers to repeat it before a person has looked
        error_retryable=False,
        error_traceback=trace,
    )


def mark_outcome_unknown(job: GenerationJob, reason: str, trace: str = "") -> None:
    """Mark a job as unconfirmed whose request went out, with the reason and advice for people. Raise LostRace."""
    advice = "It may have been accepted and charged. Check your account at Runway before you send it again."
    mark_unconfirmed(job, f"{reason} {advice}", trace)


def _move_to_pending(job: GenerationJob, created: CreatedTask) -> None:
    estimated = created.estimated_credits
    # a cancellation that was requested meanwhile is handled at once
    is_cancelling = job.cancel_requested_at is not None
    job.move_to(
        Status.PENDING,
        message=_acceptance(job, estimated),
        runway_task_id=created.id,
        credits_estimated=job.credits_estimated if estimated is None else estimated,
        due_at=timezone.now() if is_cancelling else backoff.seconds_from_now(settings.RUNWAY_POLL_SECONDS),
        error_code="",
        error_message="",
    )


def _acceptance(job: GenerationJob, estimated: Decimal | None) -> str:
    """Return what the history says. A task over the ceiling goes on: Runway may charge a cancelled one in full."""
    message = "Runway accepted the request."
    if job.credits_estimated is None and job.credits_ceiling and (estimated or 0) > job.credits_ceiling:
        reserved = credit_words(job.credits_ceiling)
        message += f" It will cost about {credit_words(estimated or 0)}, more than the reserved {reserved}."
    return message


def adopt_recorded_tasks() -> int:
    """Record the tasks of queued jobs that the journal knows, before anything is sent; return how many there were.

    The row of such a job is from a backup: its request went out since then, and must not go out again.
    """
    queued = {str(key) for key in GenerationJob.objects.queued().values_list("pk", flat=True)}
    tasks = journal.find_all(queued) if queued else {}
    for job in GenerationJob.objects.with_related().filter(pk__in=tasks, status=Status.QUEUED):
        logger.warning("task=%s of job=%s is in the journal: the database is older", tasks[str(job.pk)], job.pk)
        job.move_to(Status.SUBMITTING, message="The journal has its task: it was sent before.")
        record_task(job, CreatedTask(tasks[str(job.pk)], None))
    return len(tasks)
