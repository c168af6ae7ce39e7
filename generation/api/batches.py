"""Batches as JSON."""

from __future__ import annotations

from typing import Annotated, Any

import ninja
from django.utils.translation import gettext as _
from ninja import Body, Query, Router

from generation.api.batch_schemas import BatchesOut, BatchIn, BatchOut, BatchPlanOut, BatchRetryIn, RetryPlanOut
from generation.api.field_types import IdempotencyKey
from generation.batches import serializers, sources
from generation.batches.access import batch_for, batches_of
from generation.batches.cancel import cancel_batch
from generation.batches.create import batch_digest, create_batch, find_repeated
from generation.batches.list_file import decode_base64, list_text
from generation.batches.planner import Planner
from generation.batches.retry import plan_retry, retry_batch
from generation.batches.row import Row
from generation.batches.shotlist import read_shot_list, rows_from_csv, rows_from_items
from generation.batches.summary import summarize, summarize_all
from generation.models.batch import Batch
from generation.money.prices import read_ceiling
from projects.access import permissions
from projects.models import Project
from projects.problems import wrong_field
from projects.web.authentication import Request
from projects.web.envelope import responses, success

router = Router(tags=["batches"])


@router.post("/batches/preview", response=responses(BatchPlanOut), summary="What a batch would cost; nothing is stored")
def preview(request: Request, payload: BatchIn) -> Any:
    """Every request with its price, and when it would be sent and done."""
    project = permissions.project_for(request.user, payload.projectId, "spend")
    planner = Planner(request.user, project, payload.reuse, read_ceiling(payload.maxCredits))
    return success(serializers.plan_dict(planner.plan(_rows(request, project, payload))))


@router.post("/batches", response=responses(BatchOut) | responses(BatchOut, 202), summary="Create many takes at once")
def create(request: Request, payload: BatchIn, idempotency_key: IdempotencyKey) -> Any:
    """All or nothing: if a row is wrong, each wrong row is named and nothing is started; 409 if a budget is too low."""
    project = permissions.project_for(request.user, payload.projectId, "spend")
    # a field that came later must not change the digest of requests without it
    digest = batch_digest(payload.model_dump(mode="json", exclude=None if payload.file else {"file"}))
    # before the rows are read: the scenes of the same request may have changed since then
    batch, is_new = find_repeated(request.user, idempotency_key, digest), False
    if batch is None:
        batch, is_new = create_batch(
            request.user,
            project,
            _rows(request, project, payload),
            name=payload.name or "",
            reuse=payload.reuse,
            idempotency_key=idempotency_key,
            digest=digest,
            confirm_refused=payload.confirmRefused,
            max_credits=read_ceiling(payload.maxCredits),
        )
    message = _("The batch has started.") if is_new else _("This request was accepted before. Here is its batch.")
    return ninja.Status(202 if is_new else 200, success(_batch(batch), message))


@router.get("/batches", response=responses(BatchesOut), summary="Batches, newest first")
def batches(request: Request, project: str | None = None, limit: Annotated[int, Query(50, ge=1, le=200)] = 50) -> Any:
    """Of all projects that the caller may see, or of one."""
    selected = batches_of(request.user)
    if project is not None:
        selected = selected.filter(project=permissions.project_for(request.user, project))
    summaries = summarize_all(list(selected[:limit]))
    return success({"batches": [serializers.batch_dict(summary) for summary in summaries]})


@router.get("/batches/{batch_id}", response=responses(BatchOut), summary="A batch; its jobs: GET /api/jobs?batch=")
def batch(request: Request, batch_id: str) -> Any:
    """Count a batch from its jobs; of a job that was retried the successor counts."""
    return success(_batch(batch_for(request.user, batch_id)))


@router.post("/batches/{batch_id}/cancel", response=responses(BatchOut), summary="Cancel what is left of a batch")
def cancel(request: Request, batch_id: str) -> Any:
    """Cancel what is left; the message says how many were cancelled at no cost, and how many were too late."""
    batch = batch_for(request.user, batch_id, "change")
    message = cancel_batch(request.user, batch).sentence
    return success(_batch(batch), message)


@router.get(
    "/batches/{batch_id}/retry", response=responses(RetryPlanOut), summary="What a retry of the failed jobs would cost"
)
def retry_plan(request: Request, batch_id: str) -> Any:
    """Jobs that moderation refused are left out: retry each of them by itself."""
    return success(serializers.retry_dict(plan_retry(request.user, batch_for(request.user, batch_id))))


@router.post("/batches/{batch_id}/retry", response=responses(BatchOut), summary="Retry the failed jobs of a batch")
def retry(request: Request, batch_id: str, payload: Annotated[BatchRetryIn | None, Body(None)] = None) -> Any:
    """All or nothing, as for a new batch."""
    batch = batch_for(request.user, batch_id, "spend")
    confirmed = payload is not None and payload.confirmRefused
    max_credits = read_ceiling(payload.maxCredits) if payload else None
    message = retry_batch(request.user, batch, confirm_refused=confirmed, max_credits=max_credits).sentence
    return success(_batch(batch), message)


def _batch(batch: Batch) -> dict[str, Any]:
    return serializers.batch_dict(summarize(batch))


def _rows(request: Request, project: Project, payload: BatchIn) -> list[Row]:
    """Return the rows of the request, from the one source that it names."""
    if payload.items is not None:
        return rows_from_items(payload.items)
    if payload.csv is not None:
        return rows_from_csv(payload.csv)
    if payload.file is not None:
        return read_shot_list(list_text(decode_base64(payload.file)))
    if payload.withoutTake is not None:
        return sources.rows_without_take(project, payload.withoutTake)
    if matrix := payload.matrix:
        return sources.matrix_rows(matrix.scenes, matrix.prompts, matrix.models, matrix.seeds, matrix.model_extra or {})
    assert payload.finalOf is not None  # noqa: S101 - the schema allows nothing else
    draft = batch_for(request.user, payload.finalOf.batchId)
    if draft.project_id != project.pk:
        raise wrong_field("finalOf", _("finalOf must be a batch of the same project."))
    return sources.final_rows(draft, payload.finalOf.model, payload.finalOf.jobIds)
