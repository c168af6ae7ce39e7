"""Generating, jobs and the connection to Runway, as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import ninja
from django.http import HttpRequest
from ninja import Body, Header, Query, Router

from generation import actions
from generation.access import job_for, jobs_of
from generation.actions import smoke_test
from generation.api import paging
from generation.api.schemas import (
    ConnectionOut,
    GenerateIn,
    GenerationIn,
    JobChange,
    JobOut,
    JobsOut,
    Kind,
    ModelsOut,
    OrderIn,
    PlanOut,
    PriorityIn,
    ResolveIn,
    RetryIn,
    TestGenerateIn,
)
from generation.engine import forecast, runway_account
from generation.models import GenerationJob
from generation.models.status import Status
from generation.money import refusals
from generation.runway import catalog
from generation.serializers import job_dict
from projects.access import permissions
from projects.models import Asset, Scene
from projects.problems import wrong_field
from projects.web.authentication import Request
from projects.web.envelope import responses, success

router = Router(tags=["generation"])

IdempotencyKey = Annotated[str | None, Header(None, alias="Idempotency-Key", min_length=1, max_length=255)]


def told(job: GenerationJob) -> dict[str, Any]:
    """The row may have moved since: what is told is what stands there now."""
    return job_dict(GenerationJob.objects.with_related().get(pk=job.pk))


def taken(job: GenerationJob, *, new: bool, warn: bool = False) -> ninja.Status[dict[str, object]]:
    message = "The generation is on its way." if new else "This request was taken before; here is its job."
    if warn and new:
        message = f"{message} {refusals.warning(job.kind, job.model, job.parameters)}".strip()
    return ninja.Status(202 if new else 200, success(told(job), message))


GIVES_A_JOB: Any = responses(JobOut) | responses(JobOut, 202)


@router.post("/generations", response=GIVES_A_JOB, summary="Generate with any of Runway's models")
def create_generation(request: Request, payload: GenerationIn, idempotency_key: IdempotencyKey) -> Any:
    """The fields of the model stand beside the four of ours, under Runway's own names; `GET /api/models` lists them.

    Where a file goes: `asset:` with the id of a file of the project, an http(s) address, or a data URI.
    """
    scene = permissions.scene_for(request.user, payload.projectId, payload.sceneId, "spend")
    job, new = actions.create_job(
        request.user,
        scene,
        kind=payload.kind,
        model=payload.model,
        parameters=payload.parameters,
        reuse=payload.reuse,
        idempotency_key=idempotency_key,
        confirm_refused=payload.confirmRefused,
    )
    return taken(job, new=new)


@router.get("/models", response=responses(ModelsOut), summary="Runway's models: fields, bounds, rules, prices")
def models(request: HttpRequest, kind: Kind | None = None) -> Any:
    if kind not in (None, *catalog.kinds()):
        raise wrong_field("kind", f"kind must be one of {', '.join(catalog.kinds())}.")
    kinds = [kind] if kind else catalog.kinds()
    return success({"models": [model.as_dict() for each in kinds for model in catalog.models(each)]})


@router.post("/videos/generate", response=GIVES_A_JOB, summary="Generate a take from a picture")
def generate(request: Request, payload: GenerateIn, idempotency_key: IdempotencyKey) -> Any:
    scene = permissions.scene_for(request.user, payload.projectId, payload.sceneId, "spend")
    job, new = actions.generate(
        request.user,
        scene,
        model=payload.model,
        prompt_text=payload.promptText,
        ratio=payload.ratio if "ratio" in payload.model_fields_set else None,
        duration=payload.duration if "duration" in payload.model_fields_set else None,
        seed=payload.seed,
        image=_picture(scene, payload.imageId),
        image_address=payload.promptImage,
        reuse=payload.reuse,
        idempotency_key=idempotency_key,
        confirm_refused=payload.confirmRefused is not False,
    )
    return taken(job, new=new, warn=True)


def _picture(scene: Scene, image_id: UUID | None) -> Asset | None:
    if image_id is None:
        return None
    found = scene.assets.filter(pk=image_id, trashed_at=None).first()
    if found is None:
        raise wrong_field("imageId", "imageId must be a picture of this scene.")
    return found


@router.get("/videos/status/{key}", response=responses(JobOut), summary="A job, by its id or by Runway's task id")
def status(request: Request, key: str) -> Any:
    return success(job_dict(job_for(request.user, key)))


@router.get("/videos/test-runway", response=responses(ConnectionOut), summary="Balance and limits at Runway")
def test_runway(request: HttpRequest) -> Any:
    return success(runway_account.test(), "Runway answers.")


@router.post("/videos/test-generate", response=GIVES_A_JOB, summary="A take in the project runway-test")
def test_generate(request: Request, payload: TestGenerateIn, idempotency_key: IdempotencyKey) -> Any:
    job, new = smoke_test.generate(
        request.user,
        image_address=payload.testImage,
        prompt_text=payload.testPrompt,
        duration=payload.duration,
        idempotency_key=idempotency_key,
    )
    return taken(job, new=new)


@router.get("/jobs", response=responses(JobsOut), summary="Jobs, newest first")
def jobs(
    request: Request,
    project: str | None = None,
    scene: str | None = None,
    status: Status | None = None,
    batch: UUID | None = None,
    limit: Annotated[int, Query(50, ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Any:
    found = jobs_of(request.user)
    if project is not None:
        found = found.filter(project=permissions.project_for(request.user, project))
    if scene is not None:
        found = found.filter(scene__number=_number(scene))
    if status is not None:
        found = found.filter(status=status)
    if batch is not None:
        found = found.filter(batch=batch)
    page, following = paging.page(found, limit, cursor)
    return success({"jobs": [job_dict(job) for job in page], "nextCursor": following})


def _number(scene_id: str) -> int:
    number = scene_id.removeprefix("scene-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise wrong_field("scene", "scene must be a scene's id, such as scene-1.")
    return int(number)


@router.get("/jobs/{job_id}", response=responses(JobOut), summary="A job")
def job(request: Request, job_id: str) -> Any:
    return success(job_dict(job_for(request.user, job_id)))


@router.patch("/jobs/{job_id}", response=responses(JobOut), summary="Star, reject or annotate a take")
def change_job(request: Request, job_id: str, payload: JobChange) -> Any:
    """To choose a take, see the file's own call."""
    found = job_for(request.user, job_id, "change")
    actions.change(found, note=payload.note, starred=payload.starred, rejected=payload.rejected)
    return success(told(found))


@router.post("/jobs/{job_id}/cancel", response=responses(JobOut), summary="Cancel a job, here and at Runway")
def cancel(request: Request, job_id: str) -> Any:
    found = job_for(request.user, job_id, "change")
    message = actions.cancel(request.user, found)
    return success(told(found), message)


@router.post("/jobs/{job_id}/priority", response=responses(JobOut), summary="Let a waiting job go sooner or later")
def prioritise(request: Request, job_id: str, payload: PriorityIn) -> Any:
    """409 for what does not wait in the studio any more."""
    found = job_for(request.user, job_id, "change")
    actions.prioritise(request.user, found, payload.priority)
    return success(told(found))


@router.get("/plan", response=responses(PlanOut), summary="When what waits will be sent and done")
def plan(request: Request, order: Literal["queue", "cheapest"] | None = None) -> Any:
    """Per model, by Runway's daily limit and its places, as last told, and by how long takes have taken here.

    `order` says what would be if the oldest, or those that cost least, went first; without it, what will be.
    """
    chosen = order == "cheapest" if order else forecast.cheapest_first()
    return success(_plan(request, chosen))


@router.put("/plan", response=responses(PlanOut), summary="Let the oldest go first, or what costs least")
def choose_order(request: Request, payload: OrderIn) -> Any:
    """Of the whole studio's queue, by its staff. A priority goes before either."""
    forecast.choose_order(request.user, cheapest=payload.order == "cheapest")
    return success(_plan(request, payload.order == "cheapest"))


def _plan(request: Request, cheapest: bool) -> dict[str, object]:
    models = forecast.read(request.user, cheapest=cheapest)
    return {"order": "cheapest" if cheapest else "queue", "models": [forecast.told(each) for each in models]}


@router.post("/jobs/{job_id}/retry", response=GIVES_A_JOB, summary="Retry a failed or cancelled job")
def retry(
    request: Request,
    job_id: str,
    idempotency_key: IdempotencyKey,
    payload: Annotated[RetryIn | None, Body(None)] = None,
) -> Any:
    found = job_for(request.user, job_id, "spend")
    confirmed = payload is None or payload.confirmRefused is not False
    successor, new = actions.retry(request.user, found, idempotency_key=idempotency_key, confirm_refused=confirmed)
    return taken(successor, new=new, warn=True)


@router.post("/jobs/{job_id}/resolve", response=responses(JobOut), summary="Decide about an unconfirmed job")
def resolve(request: Request, job_id: str, payload: ResolveIn) -> Any:
    found = job_for(request.user, job_id, "change")
    actions.resolve(request.user, found, task_id=payload.taskId, lost=payload.lost)
    return success(told(found), "The job goes on." if payload.taskId else "The job is given up.")
