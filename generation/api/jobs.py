"""Jobs as JSON: listed, shown, changed, cancelled, retried, resolved."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Body, Path, Query, Router

from generation import actions
from generation.access import job_for, jobs_of
from generation.api.field_types import IdempotencyKey
from generation.api.job_answers import JOB_RESPONSES, accepted_job, current_job
from generation.api.job_schemas import JobChange, JobOut, JobsOut, PriorityIn, ResolveIn, RetryIn
from generation.models import paging
from generation.models.quality import QualityThumbnail
from generation.models.status import Status
from generation.money.prices import read_ceiling
from generation.serializers import job_dict
from projects.access import permissions
from projects.api.assets import BYTES
from projects.disk.layout import scene_number
from projects.models import Scene
from projects.problems import not_found, wrong_field
from projects.web.authentication import Request
from projects.web.envelope import responses, success

router = Router(tags=["generation"])


@router.get("/videos/status/{key}", response=responses(JobOut), summary="A job, by its id or by Runway's task id")
def status(request: Request, key: str) -> Any:
    """Return the same as `GET /api/jobs/{jobId}`."""
    return success(job_dict(job_for(request.user, key)))


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
    """Of all projects that the caller may see, or of one project, scene, status or batch."""
    selected = jobs_of(request.user)
    scenes = Scene.objects.all()
    if project is not None:
        row = permissions.project_for(request.user, project)
        scenes = scenes.filter(project=row)
        # by the scene alone where there is one: PostgreSQL would read all keys of the project, too
        selected = selected if scene else selected.filter(project=row)
    if scene is not None:
        number = scene_number(scene)
        if number is None:
            raise wrong_field("scene", _("scene must be a scene's id, such as scene-1."))
        # the keys first: else a database may read all jobs of the project
        selected = selected.filter(scene__in=list(scenes.filter(number=number).values_list("pk", flat=True)))
    if status is not None:
        selected = selected.filter(status=status)
    if batch is not None:
        selected = selected.filter(batch=batch)
    page, next_cursor = paging.page(selected, limit, cursor)
    return success({"jobs": [job_dict(job) for job in page], "nextCursor": next_cursor})


@router.get("/jobs/{job_id}", response=responses(JobOut), summary="A job")
def job(request: Request, job_id: str) -> Any:
    """By its own id or by Runway's task id."""
    return success(job_dict(job_for(request.user, job_id)))


@router.patch("/jobs/{job_id}", response=responses(JobOut), summary="Star, reject or annotate a take")
def change_job(request: Request, job_id: str, payload: JobChange) -> Any:
    """To choose a take, change its file: `PATCH …/assets/{assetId}`."""
    job = job_for(request.user, job_id, "change")
    actions.annotate(job, note=payload.note, starred=payload.starred, rejected=payload.rejected)
    return success(current_job(job))


@router.post("/jobs/{job_id}/cancel", response=responses(JobOut), summary="Cancel a job, here and at Runway")
def cancel(request: Request, job_id: str) -> Any:
    """Cancel a job; the message says what is not refunded. A clip that Runway has finished already is kept."""
    job = job_for(request.user, job_id, "change")
    message = actions.cancel(request.user, job)
    return success(current_job(job), message)


@router.post("/jobs/{job_id}/priority", response=responses(JobOut), summary="Let a waiting job go sooner or later")
def prioritise(request: Request, job_id: str, payload: PriorityIn) -> Any:
    """409 for a job that no longer waits in the studio."""
    job = job_for(request.user, job_id, "change")
    actions.set_priority(request.user, job, payload.priority)
    return success(current_job(job))


@router.post("/jobs/{job_id}/retry", response=JOB_RESPONSES, summary="Retry a failed or cancelled job")
def retry(
    request: Request,
    job_id: str,
    idempotency_key: IdempotencyKey,
    payload: Annotated[RetryIn | None, Body(None)] = None,
) -> Any:
    """If the task is paid and its clip may still be had, the same job goes on at no cost; else a new job is created."""
    job = job_for(request.user, job_id, "spend")
    # the body may be absent; as for a new take, the call then only warns
    confirmed = payload is None or payload.confirmRefused is not False
    successor, is_new = actions.retry(
        request.user,
        job,
        idempotency_key=idempotency_key,
        confirm_refused=confirmed,
        max_credits=read_ceiling(payload.maxCredits) if payload else None,
    )
    return accepted_job(successor, is_new=is_new, warn=True)


@router.post("/jobs/{job_id}/resolve", response=responses(JobOut), summary="Decide about an unconfirmed job")
def resolve(request: Request, job_id: str, payload: ResolveIn) -> Any:
    """Adopt the Runway task that belongs to it, or give it up."""
    job = job_for(request.user, job_id, "change")
    actions.resolve(request.user, job, task_id=payload.taskId, lost=payload.lost)
    return success(current_job(job), _("The job continues.") if payload.taskId else _("The job is given up."))


@router.get("/jobs/{job_id}/quality/{number}", summary="A JPEG of the moment that a reason is about", **BYTES)
def thumbnail(request: Request, job_id: str, number: Annotated[int, Path(ge=0, le=10_000)]) -> HttpResponse:
    """Return a JPEG: `number` counts the reasons in the job's `quality` from 0; `thumbnailUrl` is this address."""
    job = job_for(request.user, job_id)
    image = QualityThumbnail.objects.filter(report__job=job, number=number).first()
    if image is None:
        raise not_found(_("thumbnail"))
    # a report is written once, so its pictures never change
    headers = {"Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(image.jpeg), content_type="image/jpeg", headers=headers)
