"""Ask for a take, and ask again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F

from generation import inputs, offer, queues
from generation.batches.rows import Batch
from generation.engine import serving
from generation.inputs import Inputs
from generation.models import GenerationJob, IllegalMove, JobEvent, LostRace
from generation.money import door
from generation.offer import Offer
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.status import Status
from projects.models import Asset, Scene
from projects.problems import Problem, conflict, not_found, wrong_field, wrong_fields

DEFAULT_KIND = catalog.DEFAULT_KIND
DEFAULT_MODEL = "gen4_turbo"
# of the narrow door, where the model takes them
RATIO, DURATION = "1280:720", 5


@dataclass(frozen=True)
class Asked:
    """Who asks for what, and where; `key` and `digest` tell the same request from another."""

    user: User
    scene: Scene
    model: CatalogModel
    parameters: dict[str, Any]
    key: str | None
    digest: str
    # known to have been refused by moderation, and wanted all the same
    confirm_refused: bool = False
    # None: where it names a seed
    reuse: bool | None = None
    # nobody has pressed anything
    automatic: bool = False


def create_job(
    user: User,
    scene: Scene,
    *,
    kind: str,
    model: str,
    parameters: Mapping[str, Any],
    reuse: bool | None = None,
    idempotency_key: str | None = None,
    confirm_refused: bool = False,
) -> tuple[GenerationJob, bool]:
    """Take one request of any kind; the job, and whether it is new.

    `parameters` have Runway's wire names. Where a file goes stands `asset:{id}` of the project, an http(s) address, or
    a data URI. The same key from the same person gives the same job again. Where the same was paid before, and `reuse`
    or a seed asks for it, the job is completed at once by a link to that file.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    found = model_of(kind, model)
    if problems := found.check(given):
        raise wrong_fields(*problems)
    digest = digest_of(scene.pk, kind, model, given, *([] if reuse is None else [reuse]))
    asked = Asked(user, scene, found, given, idempotency_key, digest, confirm_refused, reuse)
    if known := _known(asked.user, asked.key, asked.digest):
        return known, False
    queue_must_answer()
    return _create_once(asked, inputs.store(scene, found, given))


def paid_before(user: User, scene: Scene, kind: str, model: str, parameters: Mapping[str, Any]) -> GenerationJob | None:
    """The finished take that this request would get for nothing, by its seed; None also where the request is wrong."""
    given = {name: value for name, value in parameters.items() if value is not None}
    found = catalog.find(kind, model)
    if found is None or "seed" not in given or found.check(given):
        return None
    try:
        return offer.make(user, scene, found, inputs.look_up(scene, found, given), None).source
    except Problem:
        return None


def generate(
    user: User,
    scene: Scene,
    *,
    model: str = DEFAULT_MODEL,
    prompt_text: str | None,
    ratio: str | None = None,
    duration: int | None = None,
    seed: int | None = None,
    image: Asset | None = None,
    image_address: str | None = None,
    reuse: bool | None = None,
    idempotency_key: str | None = None,
    confirm_refused: bool = False,
) -> tuple[GenerationJob, bool]:
    """A take from a picture: the narrow door to `create_job`.

    `image_address` is a data URI or an http(s) address. Without a ratio or a duration: ours, where the model takes it.
    """
    found = model_of(DEFAULT_KIND, model)
    if image is not None and image_address:
        raise wrong_field("imageId", "Give either imageId or promptImage, not both.")
    if image is not None and image.kind != Asset.Kind.IMAGE:
        raise wrong_field("imageId", "imageId must be a picture of the scene.")
    given = {
        "promptText": prompt_text,
        "promptImage": inputs.reference(image) if image else image_address,
        "ratio": ratio or _ours(found, "ratio", RATIO),
        "duration": _ours(found, "duration", DURATION) if duration is None else duration,
        "seed": seed,
    }
    return create_job(
        user,
        scene,
        kind=DEFAULT_KIND,
        model=model,
        parameters=given,
        reuse=reuse,
        idempotency_key=idempotency_key,
        confirm_refused=confirm_refused,
    )


def model_of(kind: str, model: str) -> CatalogModel:
    if kind not in catalog.kinds():
        raise wrong_field("kind", f"kind must be one of {', '.join(catalog.kinds())}.")
    found = catalog.find(kind, model)
    if found is None:
        names = ", ".join(known.name for known in catalog.models(kind))
        raise wrong_field("model", f"model must be one of {names}.")
    return found


def _ours(model: CatalogModel, name: str, preferred: object) -> Any:
    field = model.fields.get(name)
    if field is None:
        return None
    return model.value({}, name) if any(field.check((name,), preferred)) else preferred


def retry(
    user: User, job: GenerationJob, *, idempotency_key: str | None = None, confirm_refused: bool = False
) -> tuple[GenerationJob, bool]:
    """Of a failed or cancelled job: the same one where its clip may still be had at no cost, else a new take.

    The job that goes on, and whether it is new. The same key from the same person gives the same successor again.
    """
    digest = digest_of("retry", str(job.pk))
    if known := _known(user, idempotency_key, digest):
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
    asked = Asked(user, job.scene, model, job.request, idempotency_key, digest, confirm_refused, job.reuse)
    return _again(asked, job)


def make_again(user: User, job: GenerationJob, *, idempotency_key: str) -> tuple[GenerationJob, bool]:
    """The same request as of a finished take, by itself: made anew and paid for, never served from the cache."""
    digest = digest_of("again", str(job.pk))
    if known := _known(user, idempotency_key, digest):
        return known, False
    model = model_of(job.kind, job.model)
    asked = Asked(user, job.scene, model, job.request, idempotency_key, digest, reuse=False, automatic=True)
    return _again(asked, job)


def digest_of(*told: object) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _known(user: User, key: str | None, digest: str) -> GenerationJob | None:
    if not key:
        return None
    known = GenerationJob.objects.told().filter(created_by=user, idempotency_key=key).first()
    if known and known.request_digest != digest:
        raise conflict("This Idempotency-Key was used for another request; use a new one.", "idempotency_key_reused")
    return known


def queue_must_answer() -> None:
    if not queues.redis_answers():
        message = "The queue is away, so nothing can be generated right now. Nothing was lost; try again in a minute."
        raise Problem(message, code="queue_unavailable", status=503)


def _create_once(asked: Asked, found: Inputs, retry_of: GenerationJob | None = None) -> tuple[GenerationJob, bool]:
    try:
        job, source = _create(asked, found, retry_of)
    except Problem:
        found.undo()
        raise
    except IntegrityError:
        # the same request came twice at once: the first has made the job
        if known := _known(asked.user, asked.key, asked.digest):
            kept = set(known.inputs.values_list("pk", flat=True))
            found.stored = [asset for asset in found.stored if asset.pk not in kept]
            found.undo()
            return known, False
        if retry_of is not None:
            raise conflict("This was retried already.", "already_retried") from None
        raise
    if source is not None:
        serving.serve_now(job, source)
    return job, True


@transaction.atomic
def _create(asked: Asked, found: Inputs, retry_of: GenerationJob | None) -> tuple[GenerationJob, GenerationJob | None]:
    """The job, and the finished take whose file waits for it: then it is in nobody's queue yet."""
    offered = offer.make(asked.user, asked.scene, asked.model, found, asked.reuse)
    if offered.credits is None or offered.credits > 0:
        _ask_the_door(asked, found, offered.price)
    # of a batch the successor counts
    batch, row = (retry_of.batch, retry_of.batch_row) if retry_of else (None, None)
    job = add_job(asked, found, offered, retry_of, batch=batch, row=row, credits=offered.credits)
    if offered.source is None:
        queues.nudge_on_commit("submit", str(job.pk))
    return job, offered.source


def add_job(
    asked: Asked,
    found: Inputs,
    offered: Offer,
    retry_of: GenerationJob | None = None,
    *,
    batch: Batch | None = None,
    row: int | None = None,
    credits: Decimal | None = None,
) -> GenerationJob:
    """In a transaction in which the door was asked; nobody is nudged yet. `credits`: of a job of a batch."""
    job = GenerationJob.objects.create(
        project=asked.scene.project,
        scene=asked.scene,
        created_by=asked.user,
        kind=asked.model.kind,
        model=asked.model.name,
        parameters=found.parameters,
        prompt_image=found.first_frame,
        prompt_image_url=_url(found),
        take=_next_take(asked.scene),
        credits_estimated=credits if batch else offered.credits,
        batch=batch,
        batch_row=row,
        cache_key=offered.key,
        reuse=offered.reuse,
        idempotency_key=asked.key or None,
        request_digest=asked.digest,
        retry_of=retry_of,
        automatic=asked.automatic,
    )
    job.inputs.set(found.assets)
    who = f"by itself, in the name of {asked.user}" if asked.automatic else f"by {asked.user}"
    job.write_down(JobEvent.Kind.MOVE, f"Asked for {who}.", status=Status.QUEUED)
    for note in [*found.notes, *([f"{offered.trouble} So it is made again."] if offered.trouble else [])]:
        job.write_down(JobEvent.Kind.NOTE, note)
    # scene.json of one that has its file in a moment is written once, then
    job.announce() if offered.source is None else job.publish_on_commit()
    return job


def _url(found: Inputs) -> str:
    """Of a picture that Runway fetches itself."""
    image = found.parameters.get("promptImage")
    return image if isinstance(image, str) and found.first_frame is None else ""


def _ask_the_door(asked: Asked, found: Inputs, credits: Decimal | None) -> None:
    door.check(
        asked.user,
        asked.scene.project,
        kind=asked.model.kind,
        model=asked.model.name,
        parameters=found.parameters,
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
    if problems := asked.model.check(asked.parameters):
        raise wrong_fields(*problems)
    try:
        found = inputs.look_up(asked.scene, asked.model, asked.parameters)
    except Problem:
        message = "A file that this take was made from is gone; make a new take with another one."
        raise conflict(message, "picture_gone") from None
    queue_must_answer()
    return _create_once(asked, found, job)
