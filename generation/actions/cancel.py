"""End what is under way, or decide what nobody but a person can decide."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from generation.actions.retry import retry
from generation.engine import apply_state, cache, runway_account
from generation.models import GenerationJob, IllegalMove, JobEvent, LostRace
from generation.models.status import AT_RUNWAY, Status
from generation.runway import errors
from projects.problems import conflict, wrong_field

# priorities of what waits: room for a line that was put into order by hand, which writes them as well
LOWEST, HIGHEST = -10_000, 10_000
CLOCK_SKEW_SECONDS = 120
NOT_CANCELLABLE = {
    Status.DOWNLOADING: "The clip is finished and paid; it is being fetched and kept.",
    Status.COMPLETED: "The take is finished; there is nothing to cancel.",
    Status.FAILED: "The generation has failed; there is nothing to cancel.",
    Status.CANCELLED: "The generation is cancelled already.",
    Status.UNCONFIRMED: "Nobody knows whether Runway took the request: adopt its task or give it up.",
}


def cancel(user: User, job: GenerationJob, *, ask: bool = True) -> str:
    """Cancel at whatever state; what that means for the money, in a sentence.

    Without `ask` the wish is only noted, and the next look at Runway honours it.
    """
    for _ in range(3):
        try:
            return _cancel(user, job, ask)
        except (LostRace, IllegalMove):
            job.refresh_from_db()
            if job.status == Status.CANCELLED:
                return _outcome(job)  # the poll has seen the wish first
    raise conflict("The job moves right now; look again and repeat it.", "busy")


def _cancel(user: User, job: GenerationJob, ask: bool) -> str:
    if job.status == Status.QUEUED:
        job.move_to(Status.CANCELLED, message=f"Cancelled by {user} before it was sent.")
        cache.wake_waiting(job)
        return "Cancelled before it was sent to Runway; nothing was charged."
    if job.status not in (Status.SUBMITTING, *AT_RUNWAY):
        raise conflict(NOT_CANCELLABLE[Status(job.status)], "not_cancellable")
    wished = GenerationJob.objects.filter(pk=job.pk, status=job.status)
    if not wished.update(cancel_requested_at=timezone.now(), due_at=timezone.now()):
        raise LostRace(str(job.pk))
    job.add_event(JobEvent.Kind.NOTE, f"{user} wishes to cancel.")
    job.refresh_from_db()
    if job.status == Status.SUBMITTING:
        return "The request is on its way to Runway; it is cancelled as soon as Runway has answered."
    if not ask:
        return "Noted; it is cancelled at Runway within some seconds."
    return _settle(job)


def _settle(job: GenerationJob) -> str:
    """Ask first: a clip that is finished by now is kept."""
    try:
        apply_state.follow(job, runway_account.client().get_task(str(job.runway_task_id)))
    except errors.TaskGone:
        apply_state.task_gone(job)
    except errors.RunwayError as error:
        return f"Noted, but Runway does not answer ({error}); it is cancelled as soon as Runway does."
    if job.status == Status.DOWNLOADING:
        return "Too late to cancel: the clip is finished and paid, so it is fetched and kept."
    return _outcome(job)


def _outcome(job: GenerationJob) -> str:
    return job.error_message or job.events.order_by("at", "id").values_list("message", flat=True).last() or ""


def prioritise(user: User, job: GenerationJob, priority: int) -> None:
    """Of what waits, the highest goes first. What has left the queue has no use for it."""
    if not LOWEST <= priority <= HIGHEST:
        raise wrong_field("priority", f"priority must be a whole number from {LOWEST} to {HIGHEST}.")
    with transaction.atomic():
        waiting = GenerationJob.objects.filter(pk=job.pk, status=Status.QUEUED)
        if not waiting.update(priority=priority, version=F("version") + 1, changed_at=timezone.now()):
            raise conflict(f"Only what waits has a priority; this one is {job.status}.", "not_waiting")
        job.add_event(JobEvent.Kind.NOTE, f"{user} gave it the priority {priority}.")
        job.refresh_from_db()
        job.publish_on_commit()


def resolve(user: User, job: GenerationJob, *, task_id: str | None = None, lost: bool = False) -> None:
    """Of an unconfirmed job: adopt a task that Runway has, or give the job up."""
    if job.status != Status.UNCONFIRMED:
        raise conflict(f"Only an unconfirmed generation can be resolved; this one is {job.status}.", "not_unconfirmed")
    if bool(task_id) == lost:
        raise wrong_field("taskId", 'Give either taskId or "lost": true.')
    try:
        if task_id:
            _adopt(user, job, task_id)
        else:
            _give_up(user, job)
    except (LostRace, IllegalMove):
        raise conflict("The job has moved meanwhile; look again.", "busy") from None


def _adopt(user: User, job: GenerationJob, task_id: str) -> None:
    _check_free(task_id)
    try:
        task = runway_account.client().get_task(task_id)
    except errors.TaskGone:
        raise wrong_field("taskId", "Runway does not know this task.") from None
    except errors.RunwayError as error:
        raise runway_account.problem(error) from error
    if (
        task.created_at
        and job.submitted_at
        and (job.submitted_at - task.created_at).total_seconds() > CLOCK_SKEW_SECONDS
    ):
        raise wrong_field("taskId", "This task is older than the request; it belongs to another one.")
    try:
        with transaction.atomic():
            job.add_event(
                JobEvent.Kind.ANSWER, f"{user} adopts the task.", {"taskId": task_id}, runway_task_id=task_id
            )
            job.move_to(
                Status.PENDING,
                message="Runway has it.",
                runway_task_id=task_id,
                due_at=timezone.now(),
                error_code="",
                error_message="",
            )
    except IntegrityError:
        raise wrong_field("taskId", "Another job has this task.") from None


def _check_free(task_id: str) -> None:
    try:
        uuid.UUID(task_id)
    except ValueError:
        raise wrong_field("taskId", "taskId must be a task's id at Runway, a UUID.") from None
    if JobEvent.objects.filter(runway_task_id=task_id).exists():
        raise wrong_field("taskId", "Another job has this task.")


def _give_up(user: User, job: GenerationJob) -> None:
    message = f"Given up by {user}: nobody knows whether Runway took the request."
    job.move_to(
        Status.FAILED,
        message=message,
        error_code="given_up",
        error_message=message,
        error_retryable=True,
    )
    cache.wake_waiting(job)


def send_again(
    user: User, job: GenerationJob, *, idempotency_key: str | None = None, confirm_refused: bool = False
) -> tuple[GenerationJob, bool]:
    """Give an unconfirmed job up and ask for a new take, knowing that both may cost; or, by a Problem, neither."""
    with transaction.atomic():
        if job.status == Status.UNCONFIRMED:
            resolve(user, job, lost=True)
        return retry(user, job, idempotency_key=idempotency_key, confirm_refused=confirm_refused)
