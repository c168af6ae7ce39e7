"""The jobs of a scene from its scene.json, for a database that was lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from generation import references
from generation.mirror.scene_files import REQUESTS
from generation.models import Batch, GenerationJob, JobInput, Mark
from projects.api.schemas import VideoRequest
from projects.mirror.contributions import RestoredJobs
from projects.mirror.parse import entries, moment, objects, skip_bad_entry
from projects.models import Asset, Project, Scene

# jobs whose outcome is unknown: none is sent again by itself, and none that may be paid for is given up
STATUS_AFTER_RESTORE = {"queued": "cancelled", "submitting": "unconfirmed"}


def restore_jobs(scene: Scene, data: Mapping[str, Any], notes: list[str]) -> RestoredJobs:
    """Make the rows of a scene's jobs; an entry that makes no row is left out and named in `notes`."""
    # file and job are in two lists of scene.json, joined by the job's id
    requests, completed = zip(*REQUESTS.values(), strict=True)
    paths = {str(entry.get("jobId")): str(entry.get("path", "")) for entry in entries(data, "generation", *completed)}
    takes = []
    for entry in entries(data, "generation", *requests):
        with skip_bad_entry(notes, f"{scene.folder_name}: an entry of a take"):
            takes.append(_restore_job(scene, entry, paths).take)
    return RestoredJobs(len(takes), max(takes, default=0))


def _restore_job(scene: Scene, entry: dict[str, Any], paths: Mapping[str, str]) -> GenerationJob:
    request = VideoRequest.model_validate(entry)
    error = request.error or {}
    batch = entry.get("batch")
    job = GenerationJob.objects.create(
        id=UUID(request.jobId),
        project=scene.project,
        scene=scene,
        kind=request.kind,
        model=request.model,
        parameters=dict(entry["parameters"]),
        outputs=[output for output in objects(entry.get("outputs")) if {"assetId", "path", "sha256"} <= output.keys()],
        take=entry["take"],
        status=STATUS_AFTER_RESTORE.get(request.status, request.status),
        progress=request.progress,
        runway_task_id=request.taskId,
        asset=_asset_at(scene, paths.get(request.jobId, "")),
        error_code=str(error.get("code", "")),
        error_message=str(error.get("message", "")),
        # strictly true: scene.json may have been edited by hand
        error_retryable=error.get("retryable") is True,
        credits_estimated=request.creditsEstimated,
        credits_charged=request.creditsCharged,
        credits_ceiling=request.maxCredits,
        simulated=request.simulated,
        created_at=moment(request.createdAt),
        finished_at=moment(request.finishedAt) if request.finishedAt else _ended_now(request.status),
        cache_key=str(entry.get("cacheKey") or "")[:64],
        reuse=entry.get("reuse") is True,
        batch=_batch(scene.project, batch),
        batch_row=_batch_row(batch),
        cached_from=_uuid(entry.get("cachedFrom")),
        note=request.note or "",
        mark=Mark.STARRED if request.starred else Mark.REJECTED if request.rejected else "",
    )
    # after the row, which the inputs refer to; a file that is gone is left out
    add_inputs(job, scene.project)
    job.record_credits("Restored from scene.json.", new=True)
    return job


def add_inputs(job: GenerationJob, project: Project) -> None:
    """Make the rows of the files that a job's parameters refer to, as far as the project has them."""
    places = dict(references.find(job.parameters))
    assets = set(Asset.objects.filter(pk__in=places.values(), scene__project=project).values_list("pk", flat=True))
    JobInput.objects.bulk_create(
        JobInput(job=job, asset_id=asset, place=place) for place, asset in places.items() if asset in assets
    )


def _ended_now(status: str) -> Any:
    return timezone.now() if status in STATUS_AFTER_RESTORE else None


def _batch(project: Project, value: object) -> Batch | None:
    if not isinstance(value, dict):
        return None
    defaults = {"name": str(value.get("name", ""))[:200], "project": project}
    return Batch.objects.get_or_create(pk=UUID(str(value.get("id"))), defaults=defaults)[0]


def _batch_row(value: object) -> int | None:
    row = value.get("row") if isinstance(value, dict) else None
    return row if isinstance(row, int) and row >= 0 else None


def _uuid(value: object) -> UUID | None:
    return UUID(value) if isinstance(value, str) else None


def _asset_at(scene: Scene, path: str) -> Asset | None:
    """Return the file at a path that is relative to the project's folder."""
    return next((asset for asset in scene.assets.filter(trashed_at=None) if asset.relative_path == path), None)
