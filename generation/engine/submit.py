"""Send one job to Runway: claimed, prepared, committed as sent, sent once, its answer written down twice."""

from __future__ import annotations

import errno
import logging
import traceback

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from generation.engine import backoff, cache, claims, journal, pauses, quota, request_body, runway_account, slots
from generation.engine.claims import Claim
from generation.engine.request_body import Fields, Files
from generation.models import GenerationJob, JobEvent, LostRace
from generation.models.status import Status
from generation.runway import errors, picture
from generation.runway.client import CreatedTask

logger = logging.getLogger("dailies.jobs")

KEY_REFUSED = "Runway refused the key; the studio's owner must set a valid RUNWAY_API_KEY and start the studio anew."


def submit(job_id: str) -> None:
    """One try. A nudge that comes too early, too late or twice does nothing."""
    with claims.hold(job_id, Status.QUEUED) as claim:
        if claim is None or (claim.job.due_at and claim.job.due_at > timezone.now()):
            return
        paid_once = cache.Try(claim)
        try:
            if paid_once.is_settled() or _is_held_up(claim.job):
                return
            with request_body.of(claim.job) as (fields, files):
                _send(claim, fields, files, paid_once)
        except picture.UnusablePicture as error:
            _fail(claim, "picture_unusable", str(error))
        except errors.Unauthorized as error:
            runway_account.note(error)
            _fail(claim, error.code, KEY_REFUSED, retryable=True)
        except (errors.NotAccepted, errors.Parked) as error:
            _try_later(claim, error)
        except errors.Rejected as error:
            _fail(claim, error.code, str(error))
        except OSError as error:
            _no_room(claim, error)


def _is_held_up(job: GenerationJob) -> bool:
    if pause := pauses.on(job.project):
        job.wait(pauses.CODE, pause.words)
        return True
    if not slots.has_place(job):
        job.wait("waiting_for_place", "Waits for a free place at Runway.")
        return True
    if found := quota.obstacle(job):
        job.wait(found.code, found.message, found.due_at)
        return True
    return False


def _send(claim: Claim, fields: Fields, files: Files, paid_once: cache.Try) -> None:
    """From the commit of `submitting` on, whatever happens here may have cost money."""
    job = claim.job
    told = request_body.told(fields, files)
    place = journal.reserve(str(job.pk))
    with transaction.atomic():
        if paid_once.is_overtaken():
            return
        now = timezone.now()
        job.move_to(
            Status.SUBMITTING,
            claim=claim.token,
            claimed_by=claim.token,
            claim_expires_at=now + claims.LEASE,
            submitted_at=now,
            attempts=job.attempts,
            message="The request goes out.",
            data={"request": told},
        )
    try:
        created = runway_account.client().create_task(job.kind, fields, files)
    except errors.OutcomeUnknown as error:
        _unconfirmed(job, str(error))
        return
    except errors.RunwayError:
        raise
    except Exception as error:
        _unconfirmed(job, f"An error of ours while the request was out: {error}", traceback.format_exc())
        logger.exception("submit job=%s failed after the request went out", job.pk)
        return
    try:
        journal.write(str(job.pk), created.id, place)
    except OSError:
        logger.exception("task=%s of job=%s is not in the journal", created.id, job.pk)
    runway_account.note(None)
    accept(job, created)


def accept(job: GenerationJob, created: CreatedTask) -> None:
    """The task is paid: its id is written down whoever has won the job meanwhile."""
    try:
        with transaction.atomic():
            job.add_event(
                JobEvent.Kind.ANSWER,
                "Runway accepted the request.",
                {"taskId": created.id, "estimatedCredits": str(created.estimated_credits or "")},
                runway_task_id=created.id,
            )
    except IntegrityError:
        logger.info("task=%s of job=%s was written down before", created.id, job.pk)
    for _ in range(2):
        job.refresh_from_db()
        if job.status not in (Status.SUBMITTING, Status.UNCONFIRMED):
            return
        try:
            _become_pending(job, created)
        except LostRace:
            continue
        return


def _become_pending(job: GenerationJob, created: CreatedTask) -> None:
    estimated = created.estimated_credits
    job.move_to(
        Status.PENDING,
        message="Runway has it.",
        runway_task_id=created.id,
        credits_estimated=job.credits_estimated if estimated is None else estimated,
        # a wish to cancel that came meanwhile is honoured at once
        due_at=timezone.now() if job.cancel_requested_at else backoff.in_seconds(settings.RUNWAY_POLL_SECONDS),
        error_code="",
        error_message="",
    )


def _unconfirmed(job: GenerationJob, reason: str, trace: str = "") -> None:
    unconfirmed(job, f"{reason} It may have been accepted and charged; look at Runway before sending it again.", trace)


def unconfirmed(job: GenerationJob, message: str, trace: str = "") -> None:
    job.move_to(
        Status.UNCONFIRMED,
        message=message,
        error_code="unconfirmed",
        error_message=message,
        error_retryable=False,
        error_traceback=trace,
    )


def _fail(claim: Claim, code: str, message: str, *, retryable: bool = False) -> None:
    """Nothing was accepted and nothing paid."""
    if _still_ours(claim):
        claim.job.move_to(
            Status.FAILED, message=message, error_code=code, error_message=message, error_retryable=retryable
        )


def _still_ours(claim: Claim) -> bool:
    """Ours to move, also where the sweep has taken us for dead while the request was out, and nobody has decided."""
    job = claim.job
    if job.status == Status.SUBMITTING:
        job.refresh_from_db()
        return job.status in (Status.SUBMITTING, Status.UNCONFIRMED)
    return True


def _no_room(claim: Claim, error: OSError) -> None:
    """Before the request went out: nothing is sent whose answer could not be kept."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        raise error
    logger.warning("submit job=%s disk: %s", claim.job.pk, error)
    words = "The disk is full; make room, and it is sent."
    due_at = backoff.next_try(claim.job.attempts)
    claim.job.wait("disk_full", words, due_at, failed_attempt=True, claim=claim.token)


def _try_later(claim: Claim, error: errors.NotAccepted | errors.Parked) -> None:
    """Back to the queue with the reason; the wish to cancel is honoured here, where nothing is out any more."""
    job = claim.job
    runway_account.note(error)
    if not _still_ours(claim):
        return
    if job.status == Status.UNCONFIRMED:
        _fail(claim, error.code, f"{error} Nothing was accepted.", retryable=True)
        return
    if job.status == Status.SUBMITTING:
        job.move_to(Status.QUEUED, message=str(error), attempts=job.attempts)
    if job.cancel_requested_at:
        job.move_to(Status.CANCELLED, message="Cancelled before Runway accepted it; nothing was charged.")
        return
    if isinstance(error, errors.Parked):
        runway_account.forget()
        daily = isinstance(error, errors.DailyLimit)
        found = quota.daily_limit(job) if daily else quota.not_enough_credits(job)
        job.wait(found.code, found.message, found.due_at, failed_attempt=True)
    else:
        job.wait(error.code, WORDS[error.code], backoff.next_try(job.attempts, error), failed_attempt=True)


WORDS = {
    errors.Unreachable.code: "Runway cannot be reached; it is tried again.",
    errors.Busy.code: "Runway is busy; it is tried again.",
}
