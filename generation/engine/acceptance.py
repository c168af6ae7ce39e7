"""Record what became of a paid request: its task at Runway, or that its outcome is unknown."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.engine import backoff
from generation.models import GenerationJob, JobEvent, LostRace
from generation.models.status import Status
from generation.runway.task import CreatedTask
from projects.text.credit_words import credit_words

logger = logging.getLogger("dailies.jobs")


def record_task(job: GenerationJob, created: CreatedTask) -> None:
    """Record the task id of a paid request, and move the job to `pending` unless another process has decided."""
    estimated = created.estimated_credits
    try:
        with transaction.atomic():
            # committed before the move: whoever moves the job in between, the proof that Runway has the task stays
            job.add_event(
                JobEvent.Kind.ANSWER,
                gettext_noop("Runway accepted the request."),
                {"taskId": created.id, "estimatedCredits": "" if estimated is None else str(estimated)},
                runway_task_id=created.id,
            )
    except IntegrityError:
        # the sweep found the id in the journal, or a person linked the task, while the answer was on its way here
        logger.info("task=%s of job=%s was recorded before", created.id, job.pk)
    # the sweep may mark it as unconfirmed in between, and then it is moved from there
    for _attempt in range(2):
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
    advice = _("It may have been accepted and charged. Check your account at Runway before you send it again.")
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
        due_at=timezone.now() if is_cancelling else _first_poll_at(),
        error_code="",
        error_message="",
    )


def _first_poll_at() -> datetime:
    """Return when a task that Runway has just accepted is polled: with others, where some are polled just before.

    From then on they stay together. Each round costs about as much as the polls of ten tasks.
    """
    latest = backoff.seconds_from_now(settings.RUNWAY_POLL_SECONDS)
    earliest = latest - timedelta(seconds=settings.RUNWAY_POLL_SECONDS / 5)
    polled = GenerationJob.objects.at_runway().filter(due_at__range=(earliest, latest))
    return polled.order_by("-due_at").values_list("due_at", flat=True).first() or latest


def _acceptance(job: GenerationJob, estimated: Decimal | None) -> str:
    """Return what the history says. A task over the ceiling goes on: Runway may charge a cancelled one in full."""
    message = _("Runway accepted the request.")
    if job.credits_estimated is None and job.credits_ceiling and (estimated or 0) > job.credits_ceiling:
        more = _("It will cost about {credits}, more than the reserved {reserved}.").format(
            credits=credit_words(estimated or 0), reserved=credit_words(job.credits_ceiling)
        )
        return f"{message} {more}"
    return message
