"""A request as it becomes a job: once for each idempotency key, with its checks in the same transaction."""

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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.actions.quote import Quote, make_quote
from generation.engine import claims, holders, queues, reuse
from generation.engine.inputs import Inputs
from generation.models import GenerationJob, JobEvent, JobInput
from generation.models.batch import Batch
from generation.models.status import Status
from generation.money import checks, prices
from generation.runway.catalog import CatalogModel
from generation.webhooks.reached import telling_refusals
from projects.models import Scene
from projects.models.scene import NEXT_NUMBERS
from projects.problems import Problem, conflict, not_found


@dataclass(frozen=True)
class JobRequest:
    """What a person requests, and where it belongs."""

    user: User
    scene: Scene
    model: CatalogModel
    parameters: dict[str, Any]
    idempotency_key: str | None
    digest: str
    """Tells whether another request with the same idempotency key is the same one."""
    confirm_refused: bool = False
    """Whether the person wants it sent although moderation has refused the same request before."""
    reuse: bool | None = None
    """Whether it may be served from the cache; None: when it names a seed."""
    automatic: bool = False
    """Whether the automatic retry makes it, in the name of `user`."""
    max_credits: Decimal | None = None
    """The most that it may cost; it is held where the price is unknown."""
    is_limit_from_before: bool = False
    """Whether `max_credits` is what an earlier take was allowed: a price that is known by now may be higher."""


def request_digest(*parts: object) -> str:
    """Return the SHA-256 of values that make up a request, as hex; equal for equal values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def find_repeated(user: User, idempotency_key: str | None, digest: str) -> GenerationJob | None:
    """Return the job that the same request has created before. Raise Problem 409 when the key was another request's."""
    if not idempotency_key:
        return None
    job = GenerationJob.objects.with_related().filter(created_by=user, idempotency_key=idempotency_key).first()
    if job and job.request_digest != digest:
        raise conflict(_("This Idempotency-Key was used for another request. Use a new one."), "idempotency_key_reused")
    return job


def require_queue() -> None:
    """Raise Problem 503 when Redis is away: a job that is created then would not start."""
    # asked before anything is stored: after the commit an error would come too late for the caller
    if not queues.is_redis_up():
        message = _("The queue is not available, so nothing was created. Try again in a minute.")
        raise Problem(message, code="queue_unavailable", status=503)


def create_once(
    request: JobRequest, inputs: Inputs, retry_of: GenerationJob | None = None
) -> tuple[GenerationJob, bool]:
    """Create the job and return it, and whether it was created now. Raise Problem as the checks do.

    Files that were stored for a request that creates no job are moved to the trash.
    """
    try:
        # the files of the request were stored before this transaction, so its rollback does not remove them
        job, source = _create(request, inputs, retry_of)
    except Problem:
        inputs.undo()
        raise
    except IntegrityError:
        # the same request came twice at once, and another process has created its job
        if repeated := find_repeated(request.user, request.idempotency_key, request.digest):
            inputs.undo(keep=set(repeated.inputs.values_list("pk", flat=True)))
            return repeated, False
        if retry_of is not None:
            raise conflict(_("This take was already retried."), "already_retried") from None
        raise
    if source is not None:
        # after the job's own transaction, since linking and verifying gigabytes takes a while
        reuse.serve_new_job(job, source)
    return job, True


@telling_refusals()
@transaction.atomic
def _create(
    request: JobRequest, inputs: Inputs, retry_of: GenerationJob | None
) -> tuple[GenerationJob, GenerationJob | None]:
    """Return the job, and the finished job whose files serve it; such a job is claimed and not queued."""
    quote = make_quote(request.user, request.scene, request.model, inputs, request.reuse)
    if quote.credits is None or quote.credits > 0:
        prices.check_ceiling(quote.price, None if request.is_limit_from_before else request.max_credits)
        _run_checks(request, inputs, request.max_credits if quote.price is None else quote.price)
    # the retry of a job of a batch counts for the batch
    batch, row = (retry_of.batch, retry_of.batch_row) if retry_of else (None, None)
    claim = holders.new_token() if quote.source else ""
    job = add_job(request, inputs, quote, retry_of, batch=batch, row=row, credits=quote.credits, claim=claim)
    if quote.source is None:
        queues.nudge_on_commit("submit", str(job.pk))
    return job, quote.source


def add_job(
    request: JobRequest,
    inputs: Inputs,
    quote: Quote,
    retry_of: GenerationJob | None = None,
    *,
    batch: Batch | None = None,
    row: int | None = None,
    credits: Decimal | None,
    claim: str = "",
) -> GenerationJob:
    """Create the rows of a job in the caller's transaction, which has run the checks; the caller nudges the worker.

    `credits` is what it will be charged, `claim` the token of a claim that the caller holds from the start.
    """
    claim_columns = {"claimed_by": claim, "claim_expires_at": timezone.now() + claims.LEASE} if claim else {}
    job = GenerationJob.objects.create(
        project=request.scene.project,
        scene=request.scene,
        created_by=request.user,
        kind=request.model.kind,
        model=request.model.name,
        parameters=inputs.parameters,
        makes=request.model.output_kind,
        take=next_number(request.scene, request.model.output_kind),
        credits_estimated=credits,
        credits_ceiling=request.max_credits,
        batch=batch,
        batch_row=row,
        cache_key=quote.key,
        reuse=quote.reuse,
        idempotency_key=request.idempotency_key or None,
        request_digest=request.digest,
        retry_of=retry_of,
        automatic=request.automatic,
        **claim_columns,
    )
    job.record_credits("Requested.", new=True)
    JobInput.objects.bulk_create(JobInput(job=job, asset=asset, place=place) for place, asset in inputs.places.items())
    _add_first_events(job, request, [*inputs.notes, *_cache_notes(quote)])
    # scene.json of a job that gets its files in a moment is written once, then
    if quote.source is None:
        job.mirror_and_publish()
    else:
        job.publish_on_commit()
    return job


def _add_first_events(job: GenerationJob, request: JobRequest, notes: list[str]) -> None:
    if request.automatic:
        words = gettext_noop("Requested automatically in the name of {user}.")
    else:
        words = gettext_noop("Requested by {user}.")
    job.add_event(JobEvent.Kind.MOVE, words.format(user=request.user), status=Status.QUEUED)
    for note in notes:
        job.add_event(JobEvent.Kind.NOTE, note)


def _cache_notes(quote: Quote) -> list[str]:
    return (
        [_("{cache_problem} It is generated again.").format(cache_problem=quote.cache_problem)]
        if quote.cache_problem
        else []
    )


def _run_checks(request: JobRequest, inputs: Inputs, credits: Decimal | None) -> None:
    checks.check_request(
        request.user,
        request.scene.project,
        kind=request.model.kind,
        model=request.model.name,
        parameters=inputs.parameters,
        credits=credits,
        confirm_refused=request.confirm_refused,
    )


def next_number(scene: Scene, output_kind: str) -> int:
    """Reserve the next number of a kind of output. Raise Problem 404 when the scene was deleted meanwhile."""
    column = NEXT_NUMBERS[output_kind]
    living = Scene.objects.filter(pk=scene.pk, trashed_at=None, project__trashed_at=None)
    # counted by the database: the row stays locked until the commit, so no two jobs get the same number
    if not living.update(**{column: F(column) + 1}):
        raise not_found(_("scene"))
    scene.refresh_from_db(fields=[column])
    return int(getattr(scene, column)) - 1
