"""A request becomes a job: once for each key, with the door asked in the same transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from generation.actions import quote
from generation.actions.quote import Offer
from generation.engine import cache, claims, queues
from generation.engine.inputs import Inputs
from generation.models import GenerationJob, JobEvent, JobInput
from generation.models.batch import Batch
from generation.models.status import Status
from generation.money import checks
from generation.runway.catalog import CatalogModel
from projects.models import Scene
from projects.problems import Problem, conflict, not_found


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


def digest_of(*told: object) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def known_job(user: User, key: str | None, digest: str) -> GenerationJob | None:
    if not key:
        return None
    known = GenerationJob.objects.with_related().filter(created_by=user, idempotency_key=key).first()
    if known and known.request_digest != digest:
        raise conflict("This Idempotency-Key was used for another request; use a new one.", "idempotency_key_reused")
    return known


def queue_must_answer() -> None:
    if not queues.redis_answers():
        message = "The queue is away, so nothing can be generated right now. Nothing was lost; try again in a minute."
        raise Problem(message, code="queue_unavailable", status=503)


def create_once(asked: Asked, found: Inputs, retry_of: GenerationJob | None = None) -> tuple[GenerationJob, bool]:
    try:
        job, source = _create(asked, found, retry_of)
    except Problem:
        found.undo()
        raise
    except IntegrityError:
        # the same request came twice at once: the first has made the job
        if known := known_job(asked.user, asked.key, asked.digest):
            kept = set(known.inputs.values_list("pk", flat=True))
            found.stored = [asset for asset in found.stored if asset.pk not in kept]
            found.undo()
            return known, False
        if retry_of is not None:
            raise conflict("This was retried already.", "already_retried") from None
        raise
    if source is not None:
        cache.serve_now(job, source)
    return job, True


@transaction.atomic
def _create(asked: Asked, found: Inputs, retry_of: GenerationJob | None) -> tuple[GenerationJob, GenerationJob | None]:
    """The job, and the finished take whose file waits for it: then it is in nobody's queue yet."""
    offered = quote.make(asked.user, asked.scene, asked.model, found, asked.reuse)
    if offered.credits is None or offered.credits > 0:
        _ask_the_door(asked, found, offered.price)
    # of a batch the successor counts
    batch, row = (retry_of.batch, retry_of.batch_row) if retry_of else (None, None)
    claim = claims.new_token() if offered.source else ""
    job = add_job(asked, found, offered, retry_of, batch=batch, row=row, credits=offered.credits, claim=claim)
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
    claim: str = "",
) -> GenerationJob:
    """In a transaction in which the door was asked; nobody is nudged yet. `credits`: of a job of a batch."""
    held = {"claimed_by": claim, "claim_expires_at": timezone.now() + claims.LEASE} if claim else {}
    job = GenerationJob.objects.create(
        project=asked.scene.project,
        scene=asked.scene,
        created_by=asked.user,
        kind=asked.model.kind,
        model=asked.model.name,
        parameters=found.parameters,
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
        **held,
    )
    job.record_credits("Asked for.", new=True)
    JobInput.objects.bulk_create(JobInput(job=job, asset=asset, place=place) for place, asset in found.places.items())
    who = f"by itself, in the name of {asked.user}" if asked.automatic else f"by {asked.user}"
    job.add_event(JobEvent.Kind.MOVE, f"Asked for {who}.", status=Status.QUEUED)
    for note in [*found.notes, *([f"{offered.trouble} So it is made again."] if offered.trouble else [])]:
        job.add_event(JobEvent.Kind.NOTE, note)
    # scene.json of one that has its file in a moment is written once, then
    if offered.source is None:
        job.mirror_and_publish()
    else:
        job.publish_on_commit()
    return job


def _ask_the_door(asked: Asked, found: Inputs, credits: Decimal | None) -> None:
    checks.check(
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
