"""Send a queued job to Runway: claim it, prepare its files, commit `submitting`, send once, and record the answer.

The task's id is written down twice: first in the journal on disk, then in the database.
"""

from __future__ import annotations

import errno
import logging
import traceback

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.engine import backoff, claims, journal, pauses, quota, request_body, runway_account, slots
from generation.engine.acceptance import mark_outcome_unknown, record_task
from generation.engine.claims import Claim
from generation.engine.request_body import Fields, Files
from generation.engine.reuse import ReuseAttempt
from generation.labels import WAITING_FOR_SLOT
from generation.models import GenerationJob
from generation.models.status import Status
from generation.runway import errors
from generation.runway.picture import UnusablePicture
from generation.runway.task import CreatedTask
from projects.disk.room import is_out_of_room
from projects.problems import reason_of

logger = logging.getLogger("dailies.jobs")

KEY_REFUSED = gettext_noop(
    "Runway refused the API key. The studio's owner must set a valid RUNWAY_API_KEY and restart the studio."
)
TRY_AGAIN = gettext_noop("It will be tried again.")
WAY_BLOCKED = gettext_noop("Check the proxy, the firewall and the network of the studio, and RUNWAY_API_URL.")


def submit(job_id: str) -> None:
    """Try once to send a job; do nothing when it is not due, not queued, or claimed by another process."""
    with claims.hold(job_id, Status.QUEUED) as claim:
        if claim is None or (claim.job.due_at and claim.job.due_at > timezone.now()):
            return
        attempt = ReuseAttempt(claim)
        try:
            if attempt.avoid_sending() or _has_to_wait(claim.job):
                return
            with request_body.prepare(claim.job) as (fields, files):
                _send(claim, fields, files, attempt)
        except UnusablePicture as error:
            _fail(claim, "picture_unusable", str(error))
        except errors.Unauthorized as error:
            runway_account.record_outcome(error)
            _fail(claim, error.code, f"{KEY_REFUSED} {error}", retryable=True)
        except errors.Intercepted as error:
            runway_account.record_outcome(error)
            _fail(claim, error.code, f"{error} {WAY_BLOCKED}", retryable=True)
        except (errors.NotAccepted, errors.Parked) as error:
            _return_to_queue(claim, error)
        except errors.Rejected as error:
            _fail(claim, error.code, str(error))
        except OSError as error:
            _wait_for_disk(claim, error)


def _has_to_wait(job: GenerationJob) -> bool:
    """Note why a job cannot be sent now, if it cannot."""
    # in this order: what needs one query first, what may ask Runway last
    if pause := pauses.find_pause(job.project):
        job.wait(pauses.WAITING_CODE, pause.waiting_message)
        return True
    if not slots.has_slot(job):
        job.wait(WAITING_FOR_SLOT, gettext_noop("Waiting for a free slot at Runway."))
        return True
    if obstacle := quota.find_obstacle(job):
        job.wait(obstacle.code, obstacle.message, obstacle.due_at)
        return True
    return False


def _send(claim: Claim, fields: Fields, files: Files, attempt: ReuseAttempt) -> None:
    """Send the request. Once `submitting` is committed, whatever happens may have cost credits."""
    job = claim.job
    # while nothing is sent: without space for the answer there is no request
    journal_offset = journal.reserve(str(job.pk))
    with transaction.atomic():
        if attempt.wait_for_duplicate():
            return
        now = timezone.now()
        job.move_to(
            Status.SUBMITTING,
            claim=claim.token,
            # a move ends the claim unless it is set anew, and the job has to stay ours until the answer is recorded
            claimed_by=claim.token,
            claim_expires_at=now + claims.LEASE,
            submitted_at=now,
            # a move sets it to 0, but when Runway is busy the delays must go on growing
            attempts=job.attempts,
            message=gettext_noop("Sending the request to Runway."),
            data={"request": request_body.describe(fields, files)},
        )
    created = _create_task(job, fields, files)
    if created is None:
        return
    try:
        journal.write(str(job.pk), created.id, journal_offset)
    except OSError:
        # the row still gets the id: it would be lost only if the program also stopped within the next moments
        logger.exception("task=%s of job=%s is not in the journal", created.id, job.pk)
    runway_account.record_outcome(None)
    record_task(job, created)


def _create_task(job: GenerationJob, fields: Fields, files: Files) -> CreatedTask | None:
    """Send the paid request; None when its outcome is unknown. Raise the other RunwayErrors: nothing was accepted."""
    try:
        return runway_account.client().create_task(job.kind, fields, files)
    except errors.OutcomeUnknown as error:
        mark_outcome_unknown(job, str(error))
    except errors.RunwayError:
        raise
    except Exception as error:
        # whatever went wrong, bytes may have gone out
        mark_outcome_unknown(
            job,
            gettext_noop("Internal error while the request was being sent: {reason}").format(reason=reason_of(error)),
            traceback.format_exc(),
        )
        logger.exception("submit job=%s failed after the request went out", job.pk)
    return None


def _fail(claim: Claim, code: str, message: str, *, retryable: bool = False) -> None:
    """Fail a job whose request was not accepted, so that nothing was charged."""
    if _is_ours(claim):
        claim.job.fail(code, message, retryable=retryable)


def _is_ours(claim: Claim) -> bool:
    """Return whether the job is still ours to move.

    It is also when the sweep took this process for dead while the request was out, and no person has decided since.
    """
    job = claim.job
    if job.status == Status.SUBMITTING:
        job.refresh_from_db()
        return job.status in (Status.SUBMITTING, Status.UNCONFIRMED)
    return True


def _wait_for_disk(claim: Claim, error: OSError) -> None:
    """Let the job wait while the disk is full: nothing is sent whose answer could not be stored. Raise other errors."""
    # a file system becomes read-only after an error of its disk
    if not is_out_of_room(error) and error.errno != errno.EROFS:
        raise error
    logger.warning("submit job=%s disk: %s", claim.job.pk, error)
    message = _("The disk is full. The take will be sent when there is space.")
    due_at = backoff.next_attempt_at(claim.job.attempts)
    claim.job.wait("disk_full", message, due_at, failed_attempt=True, claim=claim.token)


def _return_to_queue(claim: Claim, error: errors.NotAccepted | errors.Parked) -> None:
    """Queue the job again with the reason, or cancel it when that was requested while the request was out."""
    job = claim.job
    runway_account.record_outcome(error)
    if not _is_ours(claim):
        return
    if job.status == Status.UNCONFIRMED:
        _fail(claim, error.code, _("{error} Nothing was accepted.").format(error=error), retryable=True)
        return
    if job.status == Status.SUBMITTING:
        job.move_to(Status.QUEUED, message=str(error), attempts=job.attempts)
    if job.cancel_requested_at:
        job.move_to(Status.CANCELLED, message=gettext_noop("Cancelled before Runway accepted it. Nothing was charged."))
    elif isinstance(error, errors.Parked):
        runway_account.expire_organization()
        is_daily = isinstance(error, errors.DailyLimit)
        obstacle = quota.daily_limit_obstacle(job) if is_daily else quota.credits_obstacle(job)
        job.wait(obstacle.code, obstacle.message, obstacle.due_at, failed_attempt=True)
    else:
        due_at = backoff.next_attempt_at(job.attempts, error)
        reason = _("Runway is busy.") if isinstance(error, errors.Busy) else str(error)
        job.wait(error.code, f"{reason} {TRY_AGAIN}", due_at, failed_attempt=True)
