"""Cancel a job in whatever state it is."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from generation.engine import apply_state, reuse, runway_account
from generation.models import GenerationJob, IllegalMove, JobEvent, LostRace
from generation.models.ledger import ZERO
from generation.models.status import AT_RUNWAY, Status
from generation.runway import errors
from projects.problems import conflict
from projects.text.credit_words import credit_words

# the poll or a worker may move the job while it is cancelled; three times in a row is rare
ATTEMPTS = 3
SENT = (Status.SUBMITTING, *AT_RUNWAY)
NOT_CANCELLABLE = {
    Status.DOWNLOADING: gettext_noop("The clip is finished and paid for. It is being downloaded and will be kept."),
    Status.COMPLETED: gettext_noop("The take is finished. There is nothing to cancel."),
    Status.FAILED: gettext_noop("The take has failed. There is nothing to cancel."),
    Status.CANCELLED: gettext_noop("The take is already cancelled."),
    Status.UNCONFIRMED: gettext_noop("It is unknown whether Runway accepted the request. Link its task or give it up."),
}


def cancel_loss(jobs: Iterable[GenerationJob]) -> str:
    """Return what it costs to cancel jobs, as a sentence; empty if none of them was sent to Runway.

    Runway refunds a task that still waits there, but it may have started since it was asked last.
    """
    sent = [job for job in jobs if job.status in SENT]
    if not sent:
        return ""
    running = [job for job in sent if job.status == Status.RUNNING]
    credits = sum((job.credits_estimated or ZERO for job in running or sent), ZERO)
    return _loss_words(len(running), bool(credits)).format(count=len(running), credits=credit_words(credits))


def _loss_words(running: int, has_price: bool) -> str:
    if not running:
        if has_price:
            return _("Runway won't refund the {credits} if it has started by now.")
        return _("Runway won't refund the credits if it has started by now.")
    if has_price:
        return ngettext(
            "Runway is generating it and won't refund the {credits}.",
            "Runway is generating {count} takes and won't refund the {credits}.",
            running,
        )
    return ngettext(
        "Runway is generating it and won't refund the credits.",
        "Runway is generating {count} takes and won't refund the credits.",
        running,
    )


def cancel(user: User, job: GenerationJob, *, wait: bool = True) -> str:
    """Cancel a job and return in one sentence what that means for its credits. Raise Problem 409 when it has ended.

    Without `wait` a task at Runway is cancelled by the next poll, and the caller does not wait for Runway's answer.
    """
    for _attempt in range(ATTEMPTS):
        try:
            return _cancel(user, job, wait)
        except (LostRace, IllegalMove):
            job.refresh_from_db()
            # the poll may have cancelled it already
            if job.status == Status.CANCELLED:
                return _outcome(job)
    raise conflict(_("The take is changing right now. Try again."), "busy")


def _cancel(user: User, job: GenerationJob, wait: bool) -> str:
    if job.status == Status.QUEUED:
        # a submit that holds a claim on it loses the race when it moves the job to `submitting`
        job.move_to(Status.CANCELLED, message=gettext_noop("Cancelled by {user} before it was sent.").format(user=user))
        reuse.wake_waiting(job)
        return _("Cancelled before it was sent to Runway. Nothing was charged.")
    if job.status not in SENT:
        raise conflict(NOT_CANCELLABLE[Status(job.status)], "not_cancellable")
    _request_cancel(user, job)
    if job.status == Status.SUBMITTING:
        return _("The request is being sent to Runway. It will be cancelled as soon as Runway responds.")
    if not wait:
        return _("It will be cancelled at Runway within a few seconds.")
    return _cancel_at_runway(job)


def _request_cancel(user: User, job: GenerationJob) -> None:
    """Commit the request before Runway is called, so that a crash in between does not lose it. Raise LostRace."""
    unchanged = GenerationJob.objects.filter(pk=job.pk, status=job.status)
    # due now, so that the next poll, a quarter of a second away, cancels it if this process does not
    if not unchanged.update(cancel_requested_at=timezone.now(), due_at=timezone.now()):
        raise LostRace(str(job.pk))
    job.add_event(JobEvent.Kind.NOTE, gettext_noop("{user} requested the cancellation.").format(user=user))
    job.refresh_from_db()


def _cancel_at_runway(job: GenerationJob) -> str:
    """Read the task first, so that a clip that is finished by now is kept."""
    try:
        apply_state.apply_task(job, runway_account.client().get_task(str(job.runway_task_id)))
    except errors.TaskGone:
        apply_state.apply_missing_task(job)
    except errors.RunwayError as error:
        # the wish is committed, so the poll goes on trying
        return _("Runway does not answer ({error}). It will be cancelled as soon as Runway does.").format(error=error)
    if job.status == Status.DOWNLOADING:
        return _("Too late to cancel: the clip is finished and paid for, so it will be downloaded and kept.")
    return _outcome(job)


def _outcome(job: GenerationJob) -> str:
    """Return why the job ended: its error, or its last event."""
    return job.error_message or job.events.order_by("at", "id").values_list("message", flat=True).last() or ""
