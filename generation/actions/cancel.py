"""Cancel a job in whatever state it is."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone

from generation.engine import apply_state, reuse, runway_account
from generation.models import GenerationJob, IllegalMove, JobEvent, LostRace
from generation.models.status import AT_RUNWAY, Status
from generation.runway import errors
from projects.problems import conflict

# the poll or a worker may move the job while it is cancelled; three times in a row is rare
ATTEMPTS = 3
NOT_CANCELLABLE = {
    Status.DOWNLOADING: "The clip is finished and paid for. It is being downloaded and will be kept.",
    Status.COMPLETED: "The take is finished. There is nothing to cancel.",
    Status.FAILED: "The take has failed. There is nothing to cancel.",
    Status.CANCELLED: "The take is already cancelled.",
    Status.UNCONFIRMED: "It is unknown whether Runway accepted the request. Link its task or give it up.",
}


def cancel(user: User, job: GenerationJob, *, wait: bool = True) -> str:
    """Cancel a job and return in one sentence what that means for its credits. Raise Problem 409 when it has ended.

    Without `wait` a task at Runway is cancelled by the next poll, and the caller does not wait for Runway's answer.
    """
    for _ in range(ATTEMPTS):
        try:
            return _cancel(user, job, wait)
        except (LostRace, IllegalMove):
            job.refresh_from_db()
            # the poll may have cancelled it already
            if job.status == Status.CANCELLED:
                return _outcome(job)
    raise conflict("The take is changing right now. Try again.", "busy")


def _cancel(user: User, job: GenerationJob, wait: bool) -> str:
    if job.status == Status.QUEUED:
        # a submit that holds a claim on it loses the race when it moves the job to `submitting`
        job.move_to(Status.CANCELLED, message=f"Cancelled by {user} before it was sent.")
        reuse.wake_waiting(job)
        return "Cancelled before it was sent to Runway. Nothing was charged."
    if job.status not in (Status.SUBMITTING, *AT_RUNWAY):
        raise conflict(NOT_CANCELLABLE[Status(job.status)], "not_cancellable")
    _request_cancel(user, job)
    if job.status == Status.SUBMITTING:
        return "The request is being sent to Runway. It will be cancelled as soon as Runway answers."
    if not wait:
        return "It will be cancelled at Runway within a few seconds."
    return _cancel_at_runway(job)


def _request_cancel(user: User, job: GenerationJob) -> None:
    """Commit the request before Runway is called, so that a crash in between does not lose it. Raise LostRace."""
    unchanged = GenerationJob.objects.filter(pk=job.pk, status=job.status)
    # due now, so that the next poll, a quarter of a second away, cancels it if this process does not
    if not unchanged.update(cancel_requested_at=timezone.now(), due_at=timezone.now()):
        raise LostRace(str(job.pk))
    job.add_event(JobEvent.Kind.NOTE, f"{user} requested the cancellation.")
    job.refresh_from_db()


def _cancel_at_runway(job: GenerationJob) -> str:
    """Read the task first, so that a clip that is finished by now is kept."""
    try:
        apply_state.apply_task(job, runway_account.client().get_task(str(job.runway_task_id)))
    except errors.TaskGone:
        apply_state.apply_missing_task(job)
    except errors.RunwayError as error:
        # the wish is committed, so the poll goes on trying
        return f"Runway does not answer ({error}). It will be cancelled as soon as Runway does."
    if job.status == Status.DOWNLOADING:
        return "Too late to cancel: the clip is finished and paid for, so it will be downloaded and kept."
    return _outcome(job)


def _outcome(job: GenerationJob) -> str:
    """Return why the job ended: its error, or its last event."""
    return job.error_message or job.events.order_by("at", "id").values_list("message", flat=True).last() or ""
