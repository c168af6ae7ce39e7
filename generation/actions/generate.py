"""Ask for a take, and ask again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F

from generation import prompt_image, queues
from generation.models import GenerationJob, IllegalMove, JobEvent, LostRace
from generation.money import door
from generation.prompt_image import PromptImage
from generation.runway import catalog
from generation.status import Status
from projects import assets
from projects.models import Asset, Scene
from projects.problems import FieldProblem, Problem, conflict, not_found, wrong_field, wrong_fields

KIND = "image_to_video"
DEFAULT_MODEL = "gen4_turbo"


@dataclass(frozen=True)
class Asked:
    """Who asks for what, and where; `key` and `digest` tell the same request from another."""

    user: User
    scene: Scene
    model: str
    parameters: dict[str, Any]
    key: str | None
    digest: str
    # known to have been refused by moderation, and wanted all the same
    confirm_refused: bool = False


def generate(
    user: User,
    scene: Scene,
    *,
    model: str,
    prompt_text: str | None,
    ratio: str,
    duration: int,
    seed: int | None = None,
    image: Asset | None = None,
    image_address: str | None = None,
    idempotency_key: str | None = None,
    confirm_refused: bool = False,
) -> tuple[GenerationJob, bool]:
    """Take one request for one take; the job, and whether it is new.

    `image_address` is a data URI or an http(s) address. The same key from the same person gives the same job again.
    """
    given = {"promptText": prompt_text, "ratio": ratio, "duration": duration, "seed": seed}
    parameters = {name: value for name, value in given.items() if value is not None}
    digest = _digest(scene.pk, model, parameters, str(image.pk) if image else None, image_address)
    asked = Asked(user, scene, model, parameters, idempotency_key, digest, confirm_refused)
    if known := _known(asked):
        return known, False
    _check(model, parameters, image, image_address)
    _queue_must_answer()
    return _create_once(asked, prompt_image.store(scene, image, image_address))


def retry(
    user: User, job: GenerationJob, *, idempotency_key: str | None = None, confirm_refused: bool = False
) -> tuple[GenerationJob, bool]:
    """Of a failed or cancelled job: the same one where its clip may still be had at no cost, else a new take.

    The job that goes on, and whether it is new. The same key from the same person gives the same successor again.
    """
    digest = _digest("retry", str(job.pk))
    asked = Asked(user, job.scene, job.model, dict(job.parameters), idempotency_key, digest, confirm_refused)
    if known := _known(asked):
        return known, False
    if job.status not in (Status.FAILED, Status.CANCELLED):
        message = f"Only a failed or cancelled generation can be retried; this one is {job.status}."
        raise conflict(message, "not_retryable")
    if job.status == Status.FAILED and job.clip_may_come and job.runway_task_id:
        _ask_for_the_clip(user, job)
        return job, False
    if successor := GenerationJob.objects.filter(retry_of=job).first():
        raise conflict(f"This was retried already, as take {successor.take}.", "already_retried")
    return _again(asked, job)


def _digest(*told: object) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _known(asked: Asked) -> GenerationJob | None:
    if not asked.key:
        return None
    known = GenerationJob.objects.told().filter(created_by=asked.user, idempotency_key=asked.key).first()
    if known and known.request_digest != asked.digest:
        raise conflict("This Idempotency-Key was used for another request; use a new one.", "idempotency_key_reused")
    return known


def _check(model: str, parameters: dict[str, Any], image: Asset | None, image_address: str | None) -> None:
    found = catalog.find(KIND, model)
    if found is None:
        names = ", ".join(known.name for known in catalog.models(KIND))
        raise wrong_field("model", f"model must be one of {names}.")
    given = {**parameters, "promptImage": image_address or "asset:"}
    problems = [*found.check(given), *_picture_problems(image, image_address)]
    if problems:
        raise wrong_fields(*problems)


def _picture_problems(image: Asset | None, image_address: str | None) -> list[FieldProblem]:
    if image is None and not image_address:
        return [FieldProblem("promptImage", "A picture is needed: give promptImage, or imageId of one of the scene's.")]
    if image is not None and image_address:
        return [FieldProblem("imageId", "Give either imageId or promptImage, not both.")]
    if image is not None and image.kind != Asset.Kind.IMAGE:
        return [FieldProblem("imageId", "imageId must be a picture of the scene.")]
    return []


def _queue_must_answer() -> None:
    if not queues.redis_answers():
        message = "The queue is away, so nothing can be generated right now. Nothing was lost; try again in a minute."
        raise Problem(message, code="queue_unavailable", status=503)


def _create_once(
    asked: Asked, picture: PromptImage, retry_of: GenerationJob | None = None
) -> tuple[GenerationJob, bool]:
    try:
        return _create(asked, picture, retry_of), True
    except Problem:
        _drop(picture)
        raise
    except IntegrityError:
        # the same request came twice at once: the first has made the job
        if known := _known(asked):
            if picture.asset != known.prompt_image:
                _drop(picture)
            return known, False
        if retry_of is not None:
            raise conflict("This was retried already.", "already_retried") from None
        raise


def _drop(picture: PromptImage) -> None:
    if picture.asset and picture.new:
        assets.trash_asset(picture.asset)


@transaction.atomic
def _create(asked: Asked, picture: PromptImage, retry_of: GenerationJob | None) -> GenerationJob:
    found = catalog.find(KIND, asked.model)
    credits = found.credits(asked.parameters) if found else None
    _ask_the_door(asked, picture, credits)
    job = GenerationJob.objects.create(
        project=asked.scene.project,
        scene=asked.scene,
        created_by=asked.user,
        kind=KIND,
        model=asked.model,
        parameters=asked.parameters,
        prompt_image=picture.asset,
        prompt_image_url=picture.url,
        take=_next_take(asked.scene),
        credits_estimated=credits,
        idempotency_key=asked.key or None,
        request_digest=asked.digest,
        retry_of=retry_of,
    )
    job.write_down(JobEvent.Kind.MOVE, f"Asked for by {asked.user}.", status=Status.QUEUED)
    if picture.note:
        job.write_down(JobEvent.Kind.NOTE, picture.note)
    job.announce()
    queues.nudge_on_commit("submit", str(job.pk))
    return job


def _ask_the_door(asked: Asked, picture: PromptImage, credits: Decimal | None) -> None:
    door.check(
        asked.user,
        asked.scene.project,
        kind=KIND,
        model=asked.model,
        parameters=asked.parameters,
        image=picture.asset,
        url=picture.url,
        credits=credits,
        confirm_refused=asked.confirm_refused,
    )


def _next_take(scene: Scene) -> int:
    living = Scene.objects.filter(pk=scene.pk, trashed_at=None, project__trashed_at=None)
    if not living.update(next_take=F("next_take") + 1):
        raise not_found("scene")
    scene.refresh_from_db(fields=["next_take"])
    return scene.next_take - 1


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
    image = job.prompt_image if job.prompt_image and not job.prompt_image.trashed_at else None
    if image is None and not job.prompt_image_url:
        raise conflict("The picture of this take is gone; make a new take with another picture.", "picture_gone")
    _check(asked.model, asked.parameters, image, job.prompt_image_url or None)
    _queue_must_answer()
    return _create_once(asked, PromptImage(image, job.prompt_image_url), job)
