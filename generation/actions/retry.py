"""Ask again for what came to nothing, or was found wanting."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import User

from generation.actions.create import Asked, create_once, digest_of, known_job, queue_must_answer
from generation.actions.generate import model_of
from generation.engine import inputs
from generation.models import GenerationJob, IllegalMove, LostRace
from generation.models.status import Status
from projects.problems import Problem, conflict, wrong_fields

# every model that takes one takes these
SEEDS = 2**32


def retry(
    user: User, job: GenerationJob, *, idempotency_key: str | None = None, confirm_refused: bool = False
) -> tuple[GenerationJob, bool]:
    """Of a failed or cancelled job: the same one where its clip may still be had at no cost, else a new take.

    The job that goes on, and whether it is new. The same key from the same person gives the same successor again.
    """
    digest = digest_of("retry", str(job.pk))
    if known := known_job(user, idempotency_key, digest):
        return known, False
    if job.status not in (Status.FAILED, Status.CANCELLED):
        message = f"Only a failed or cancelled generation can be retried; this one is {job.status}."
        raise conflict(message, "not_retryable")
    if job.status == Status.FAILED and job.clip_may_come and job.runway_task_id:
        _ask_for_the_clip(user, job)
        return job, False
    if successor := GenerationJob.objects.filter(retry_of=job).first():
        raise conflict(f"This was retried already, as take {successor.take}.", "already_retried")
    model = model_of(job.kind, job.model)
    asked = Asked(user, job.scene, model, job.parameters, idempotency_key, digest, confirm_refused, job.reuse)
    return _again(asked, job)


def make_again(user: User, job: GenerationJob, *, idempotency_key: str) -> tuple[GenerationJob, bool]:
    """The request of a finished take, by itself: made anew and paid for, never served from the cache.

    With a seed of its own where it named one: the same seed would most likely give the same clip.
    """
    digest = digest_of("again", str(job.pk))
    if known := known_job(user, idempotency_key, digest):
        return known, False
    model = model_of(job.kind, job.model)
    parameters = job.parameters
    if "seed" in parameters:
        parameters["seed"] = secrets.randbelow(SEEDS)
    asked = Asked(user, job.scene, model, parameters, idempotency_key, digest, reuse=False, automatic=True)
    return _again(asked, job)


def _ask_for_the_clip(user: User, job: GenerationJob) -> None:
    try:
        job.move_to(
            Status.PENDING,
            message=f"{user} asks for the clip again; the task is paid.",
            error_code="",
            error_message="",
            error_retryable=False,
            running_at=None,
            cancel_requested_at=None,
        )
    except (LostRace, IllegalMove):
        raise conflict("The job moves right now; look again.", "busy") from None


def _again(asked: Asked, job: GenerationJob) -> tuple[GenerationJob, bool]:
    if problems := asked.model.check(asked.parameters):
        raise wrong_fields(*problems)
    try:
        found = inputs.look_up(asked.scene, asked.model, asked.parameters)
    except Problem:
        message = "A file that this take was made from is gone; make a new take with another one."
        raise conflict(message, "picture_gone") from None
    queue_must_answer()
    return create_once(asked, found, job)
