"""How a job is told: one dict for the API, the socket, the pages' script and the disk."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from generation.models.status import ENDED, Status
from projects import mirror

if TYPE_CHECKING:
    from generation.models import GenerationJob

PARAMETERS = ("promptText", "ratio", "duration", "seed")
# told at its end: where the file is
URLS = {"video": "videoUrl", "image": "imageUrl", "audio": "audioUrl"}


def job_dict(job: GenerationJob) -> dict[str, Any]:
    """The contract's job, in camel case."""
    return {
        "jobId": str(job.pk),
        "taskId": job.runway_task_id,
        "projectId": job.project.slug,
        "sceneId": job.scene.folder_name,
        "kind": job.kind,
        "output": job.output_kind,
        "model": job.model,
        **{name: job.parameters.get(name) for name in PARAMETERS},
        "parameters": job.request,
        "status": job.status,
        "progress": job.progress,
        "videoUrl": url(job) if job.output_kind == "video" else None,
        "url": url(job),
        "outputs": [{**output, "url": _url(job, output["assetId"])} for output in outputs(job)],
        "assetId": str(job.asset_id) if job.asset_id else None,
        "take": job.take,
        "error": error(job),
        "quality": quality(job),
        "waiting": job.waiting_message or None,
        "batchId": str(job.batch_id) if job.batch_id else None,
        "batchRow": job.batch_row,
        "reuse": job.reuse,
        "cachedFrom": str(job.cached_from) if job.cached_from else None,
        "priority": job.priority,
        "creditsEstimated": plain_number(job.credits_estimated),
        "creditsCharged": plain_number(job.credits_charged),
        "version": job.version,
        "createdAt": _iso(job.created_at),
        "submittedAt": _iso(job.submitted_at),
        "finishedAt": _iso(job.finished_at),
        "note": job.note or None,
        "starred": job.mark == "starred",
        "rejected": job.mark == "rejected",
    }


def message(job: GenerationJob) -> dict[str, Any]:
    """What the socket says of the job's present state: `{"type", "data"}`."""
    data = _state(job)
    prefix = f"{job.output_kind}_generation"
    if job.status == Status.COMPLETED:
        return {"type": f"{prefix}_completed", "data": data | {URLS[job.output_kind]: url(job)}}
    if job.status in ENDED:
        ending = {"code": job.status, "message": f"The generation is {job.status}.", "retryable": False}
        return {"type": f"{prefix}_failed", "data": data | {"error": error(job) or ending}}
    started = job.status == Status.QUEUED and job.version == 1
    return {"type": f"{prefix}_{'started' if started else 'progress'}", "data": data}


def _state(job: GenerationJob) -> dict[str, Any]:
    return {
        "jobId": str(job.pk),
        "projectId": job.project.slug,
        "sceneId": job.scene.folder_name,
        "status": job.status,
        "progress": job.progress,
        "version": job.version,
    }


def request(job: GenerationJob) -> dict[str, Any]:
    """An entry of `generation.videoRequests` in scene.json, or of `imageRequests`, `audioRequests`."""
    known = job_dict(job)
    names = (
        "jobId taskId kind model promptText ratio duration seed parameters status progress error"
        " creditsEstimated creditsCharged createdAt finishedAt take note starred rejected reuse cachedFrom"
    )
    image = job.prompt_image.relative_path if job.prompt_image else job.prompt_image_url or None
    return {name: known[name] for name in names.split()} | {
        "promptImage": image,
        "outputs": job.outputs,
        "cacheKey": job.cache_key or None,
        "batch": {"id": str(job.batch.pk), "name": job.batch.name, "row": job.batch_row} if job.batch else None,
    }


def completed(job: GenerationJob) -> dict[str, Any] | None:
    """An entry of `generation.completedVideos` in scene.json, or of its like; None until the file is there."""
    if job.status != Status.COMPLETED or (job.asset is None and not job.outputs):
        return None
    first = job.outputs[0] if job.outputs else {}
    return {
        "jobId": str(job.pk),
        "taskId": job.runway_task_id,
        "path": job.asset.relative_path if job.asset else first["path"],
        "take": job.take,
        "sha256": job.asset.sha256 if job.asset else first["sha256"],
        "createdAt": _iso(job.asset.created_at if job.asset else job.finished_at),
        "quality": quality(job),
    }


def quality(job: GenerationJob) -> dict[str, Any] | None:
    """The verdict on a finished take, and why; None until it was looked at."""
    report = getattr(job, "quality", None)
    return report.as_dict() if report else None


def outputs(job: GenerationJob) -> list[dict[str, Any]]:
    """Every file that it made, in order; jobs of the first release noted only their clip."""
    if job.outputs or job.asset is None:
        return list(job.outputs)
    asset = job.asset
    path = f"{job.scene.folder_name}/{asset.folder_name}/{asset.file_name}"
    return [{"assetId": str(asset.pk), "path": path, "sha256": asset.sha256, "bytes": asset.bytes}]


def url(job: GenerationJob) -> str | None:
    """Of its first file."""
    if job.asset is None or job.asset.trashed_at:
        return None
    return _url(job, str(job.asset_id))


def _url(job: GenerationJob, asset_id: str | None) -> str | None:
    if asset_id is None:
        return None
    return f"/api/projects/{job.project.slug}/folders/{job.scene.folder_name}/assets/{asset_id}/file"


def error(job: GenerationJob) -> dict[str, Any] | None:
    if not job.error_code:
        return None
    return {"code": job.error_code, "message": job.error_message, "retryable": job.error_retryable}


def plain_number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _iso(moment: datetime | None) -> str | None:
    return mirror.iso(moment) if moment else None
