"""Retry a job that failed or was cancelled, or generate a finished take again."""

from __future__ import annotations

import secrets
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.actions.generate import find_model
from generation.actions.job_request import JobRequest, create_once, find_repeated, request_digest, require_queue
from generation.engine import inputs
from generation.models import GenerationJob, IllegalMove, LostRace
from generation.models.status import Status
from projects.problems import Problem, conflict, wrong_fields

# every model with a seed takes at least the values below this
SEEDS = 2**32


def retry(
    user: User,
    job: GenerationJob,
    *,
    idempotency_key: str | None = None,
    confirm_refused: bool = False,
    max_credits: Decimal | None = None,
) -> tuple[GenerationJob, bool]:
    """Retry a failed or cancelled job, and return the job that continues, and whether it is a new one.

    The same job continues at no cost where its clip may still be available; otherwise it is a new take. The same key
    from the same person returns the same new job. `max_credits` is by default what the job may cost. Raise Problem 409
    for any other job, and as the checks do.
    """
    digest = request_digest("retry", str(job.pk))
    # first, so that a repeated request is not refused because of the successor that it has created itself
    if repeated := find_repeated(user, idempotency_key, digest):
        return repeated, False
    if job.status not in (Status.FAILED, Status.CANCELLED):
        message = _("Only a failed or cancelled take can be retried; this one is {status}.").format(status=job.status)
        raise conflict(message, "not_retryable")
    if job.status == Status.FAILED and job.clip_may_come and job.runway_task_id:
        _ask_for_clip_again(user, job)
        return job, False
    # a friendlier answer than that of the unique constraint, which decides when two requests come at once
    if successor := GenerationJob.objects.filter(retry_of=job).first():
        raise conflict(
            _("This take was already retried, as take {take}.").format(take=successor.take), "already_retried"
        )
    model = find_model(job.kind, job.model)
    request = JobRequest(
        user,
        job.scene,
        model,
        job.parameters,
        idempotency_key,
        digest,
        confirm_refused,
        reuse=job.reuse,
        max_credits=job.credits_ceiling if max_credits is None else max_credits,
        is_limit_from_before=max_credits is None,
    )
    return _create_retry(request, job)


def retry_finished(user: User, job: GenerationJob, *, idempotency_key: str) -> tuple[GenerationJob, bool]:
    """Generate a finished take again for the automatic retry, and return the new job as `retry()` does.

    It is paid for, never served from the cache. A seed is replaced, since the same one would give the same clip.
    """
    digest = request_digest("again", str(job.pk))
    if repeated := find_repeated(user, idempotency_key, digest):
        return repeated, False
    model = find_model(job.kind, job.model)
    parameters = dict(job.parameters)
    if "seed" in parameters:
        parameters["seed"] = secrets.randbelow(SEEDS)
    request = JobRequest(
        user,
        job.scene,
        model,
        parameters,
        idempotency_key,
        digest,
        reuse=False,
        automatic=True,
        max_credits=job.credits_ceiling,
        is_limit_from_before=True,
    )
    return _create_retry(request, job)


def _ask_for_clip_again(user: User, job: GenerationJob) -> None:
    try:
        job.move_to(
            Status.PENDING,
            message=gettext_noop(
                "{user} retried it. The task is already paid for, so its clip is downloaded again."
            ).format(user=user),
            error_code="",
            error_message="",
            error_retryable=False,
            # the limit of time counts anew, or the next poll would fail it at once
            running_at=None,
            # who wants its clip does not want the old cancellation
            cancel_requested_at=None,
        )
    except (LostRace, IllegalMove):
        raise conflict(_("The take is changing right now. Try again."), "busy") from None


def _create_retry(request: JobRequest, job: GenerationJob) -> tuple[GenerationJob, bool]:
    """Create the successor of a job. Raise Problem 409 when a file of its request is gone."""
    # the catalog may have changed since the job was created
    if problems := request.model.check(request.parameters):
        raise wrong_fields(*problems)
    try:
        files = inputs.look_up(request.scene, request.model, request.parameters)
    except Problem:
        message = _("A file that this take was made from is gone. Create a new take with another file.")
        raise conflict(message, "picture_gone") from None
    require_queue()
    return create_once(request, files, job)
