"""Resolve an unconfirmed job: adopt the task that Runway has for it, give it up, or send it again."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.actions.retry import retry
from generation.engine import reuse, runway_account
from generation.models import GenerationJob, IllegalMove, JobEvent, LostRace
from generation.models.status import Status
from generation.money import budgets
from generation.runway import errors
from generation.runway.task import Task
from projects.models.locks import lock_scenes
from projects.problems import conflict, wrong_field

# Runway's clock and ours may differ by this much
CLOCK_SKEW_SECONDS = 120
TASK_OF_ANOTHER_JOB = gettext_noop("This task belongs to another take.")


def resolve(user: User, job: GenerationJob, *, task_id: str | None = None, lost: bool = False) -> None:
    """Adopt a task of Runway for an unconfirmed job, or give the job up. Raise Problem 409, 422 or 502."""
    if job.status != Status.UNCONFIRMED:
        raise conflict(
            _("Only an unconfirmed take can be resolved; this one is {status}.").format(status=job.status),
            "not_unconfirmed",
        )
    if bool(task_id) == lost:
        raise wrong_field("taskId", _('Give either taskId or "lost": true.'))
    try:
        if task_id:
            _adopt(user, job, task_id)
        else:
            _give_up(user, job)
    except (LostRace, IllegalMove):
        raise conflict(_("The take has changed in the meantime. Reload the page."), "busy") from None


def send_again(
    user: User, job: GenerationJob, *, idempotency_key: str | None = None, confirm_refused: bool = False
) -> tuple[GenerationJob, bool]:
    """Give an unconfirmed job up and create a new take of it, in one transaction. Both may be charged.

    Return the new job and whether it was created now. Raise Problem as `resolve()` and `retry()` do.
    """
    with transaction.atomic():
        # before the scene; the retry checks them
        budgets.lock(user, job.project)
        # a repeated press finds the job failed, and gets the job that the first press has created
        if job.status == Status.UNCONFIRMED:
            resolve(user, job, lost=True)
        return retry(user, job, idempotency_key=idempotency_key, confirm_refused=confirm_refused)


def _adopt(user: User, job: GenerationJob, task_id: str) -> None:
    _check_task_id(task_id)
    _check_age(job, _get_task(task_id))
    try:
        with transaction.atomic():
            lock_scenes([job.scene_id])
            # with the event first: its unique task id refuses a task that another job has taken meanwhile
            job.add_event(
                JobEvent.Kind.ANSWER,
                gettext_noop("{user} linked the task.").format(user=user),
                {"taskId": task_id},
                runway_task_id=task_id,
            )
            job.move_to(
                Status.PENDING,
                message=gettext_noop("Runway accepted the request."),
                runway_task_id=task_id,
                due_at=timezone.now(),
                error_code="",
                error_message="",
            )
    except IntegrityError:
        raise wrong_field("taskId", _(TASK_OF_ANOTHER_JOB)) from None


def _check_task_id(task_id: str) -> None:
    """Raise Problem 422 unless it is a UUID that no job has."""
    try:
        uuid.UUID(task_id)
    except ValueError:
        raise wrong_field("taskId", _("taskId must be the id of a task at Runway, a UUID.")) from None
    if JobEvent.objects.filter(runway_task_id=task_id).exists():
        raise wrong_field("taskId", _(TASK_OF_ANOTHER_JOB))


def _get_task(task_id: str) -> Task:
    try:
        return runway_account.client().get_task(task_id)
    except errors.TaskGone:
        raise wrong_field("taskId", _("Runway does not know this task.")) from None
    except errors.RunwayError as error:
        raise runway_account.as_problem(error) from error


def _check_age(job: GenerationJob, task: Task) -> None:
    """Raise Problem 422 when the task was created before the job's request went out."""
    if task.created_at and job.submitted_at:
        # this finds only tasks that are too old; whether a later one is the right one, the person knows
        age_at_request = (job.submitted_at - task.created_at).total_seconds()
        if age_at_request > CLOCK_SKEW_SECONDS:
            raise wrong_field("taskId", _("This task is older than the request, so it belongs to another one."))


def _give_up(user: User, job: GenerationJob) -> None:
    job.fail(
        "given_up",
        gettext_noop("Given up by {user}: it is unknown whether Runway accepted the request.").format(user=user),
        retryable=True,
    )
    # jobs that wait for this one may be sent now
    reuse.wake_waiting(job)
