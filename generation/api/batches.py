"""Batches as JSON."""

from __future__ import annotations

from typing import Annotated, Any

import ninja
from ninja import Body, Query, Router

from generation.api.batch_schemas import BatchesOut, BatchIn, BatchOut, BatchPlanOut, BatchRetryIn, RetryPlanOut
from generation.api.generations import IdempotencyKey
from generation.batches import access as finding
from generation.batches import create as making
from generation.batches import serializers, sources
from generation.batches.planner import Plan, Planner
from generation.batches.shotlist import Row, from_csv, from_items
from generation.engine import forecast as quota
from generation.models.batch import Batch
from generation.serializers import plain_number
from projects.access import permissions
from projects.models import Project
from projects.problems import wrong_field
from projects.web.authentication import Request
from projects.web.envelope import responses, success

router = Router(tags=["batches"])


def rows_of(request: Request, project: Project, payload: BatchIn) -> list[Row]:
    if payload.items is not None:
        return from_items(payload.items)
    if payload.csv is not None:
        return from_csv(payload.csv)
    if payload.withoutTake is not None:
        return sources.without_take(project, payload.withoutTake)
    if payload.matrix is not None:
        asked = payload.matrix
        return sources.matrix(asked.scenes, asked.prompts, asked.models, asked.seeds, asked.model_extra or {})
    assert payload.finalOf is not None  # noqa: S101 - the schema has seen to it
    draft = finding.batch_for(request.user, payload.finalOf.batchId)
    if draft.project_id != project.pk:
        raise wrong_field("finalOf", "finalOf must be a batch of the same project.")
    return sources.finals(draft, payload.finalOf.model, payload.finalOf.jobIds)


@router.post("/batches/preview", response=responses(BatchPlanOut), summary="What a batch would cost; nothing is stored")
def preview(request: Request, payload: BatchIn) -> Any:
    project = permissions.project_for(request.user, payload.projectId, "spend")
    plan = Planner(request.user, project, payload.reuse).plan(rows_of(request, project, payload))
    return success(serializers.plan_told(plan, forecast(plan)))


def forecast(plan: Plan) -> list[quota.ModelPlan]:
    return quota.forecast([(item.model.name, item.parameters, item.credits) for item in plan.items if not item.is_free])


@router.post("/batches", response=responses(BatchOut) | responses(BatchOut, 202), summary="Ask for many takes at once")
def create(request: Request, payload: BatchIn, idempotency_key: IdempotencyKey) -> Any:
    """All or nothing: every wrong row is named and nothing is started; the budgets have room for the sum, or 409."""
    project = permissions.project_for(request.user, payload.projectId, "spend")
    digest = making.digest(payload.model_dump(mode="json"))
    # what the same press asked for before is answered, whatever has become of its scenes
    batch = making.known(request.user, idempotency_key, digest)
    new = False
    if batch is None:
        batch, new = making.start(
            request.user,
            project,
            rows_of(request, project, payload),
            name=payload.name or "",
            reuse=payload.reuse,
            idempotency_key=idempotency_key,
            digest=digest,
            confirm_refused=payload.confirmRefused,
        )
    message = "The batch is on its way." if new else "This request was taken before; here is its batch."
    return ninja.Status(202 if new else 200, success(told(batch), message))


def told(batch: Batch) -> dict[str, Any]:
    return serializers.told(serializers.summary(batch))


@router.get("/batches", response=responses(BatchesOut), summary="Batches, newest first")
def batches(request: Request, project: str | None = None, limit: Annotated[int, Query(50, ge=1, le=200)] = 50) -> Any:
    found = finding.batches_of(request.user)
    if project is not None:
        found = found.filter(project=permissions.project_for(request.user, project))
    return success({"batches": [serializers.told(each) for each in serializers.summaries(list(found[:limit]))]})


@router.get("/batches/{batch_id}", response=responses(BatchOut), summary="A batch; its jobs: GET /api/jobs?batch=")
def batch(request: Request, batch_id: str) -> Any:
    return success(told(finding.batch_for(request.user, batch_id)))


@router.post("/batches/{batch_id}/cancel", response=responses(BatchOut), summary="Cancel what is left of a batch")
def cancel(request: Request, batch_id: str) -> Any:
    found = finding.batch_for(request.user, batch_id, "change")
    return success(told(found), making.cancel(request.user, found).sentence)


@router.get(
    "/batches/{batch_id}/retry", response=responses(RetryPlanOut), summary="What a retry of the failed would cost"
)
def retry_plan(request: Request, batch_id: str) -> Any:
    plan, going_on = making.retry_plan(request.user, finding.batch_for(request.user, batch_id))
    return success({"anew": len(plan.items), "goingOn": len(going_on), "credits": plain_number(plan.credits)})


@router.post("/batches/{batch_id}/retry", response=responses(BatchOut), summary="Try the failed ones of a batch again")
def retry(request: Request, batch_id: str, payload: Annotated[BatchRetryIn | None, Body(None)] = None) -> Any:
    found = finding.batch_for(request.user, batch_id, "spend")
    confirmed = payload is not None and payload.confirmRefused
    anew, going_on, _ = making.retry(request.user, found, confirm_refused=confirmed)
    words = f"{anew} asked for again" + (f", {going_on} fetched again at no cost." if going_on else ".")
    return success(told(found), words)
