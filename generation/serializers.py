"""Jobs as JSON: one dict of a job for the API, the pages and the disk."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from generation.models import GenerationJob, Mark
from projects.models.asset import file_url
from projects.text.iso_time import iso_time

# parameters that stand beside the others, by their own names
MAIN_PARAMETERS = ("promptText", "ratio", "duration", "seed")


def job_dict(job: GenerationJob) -> dict[str, Any]:
    """Return the contract's job, in camel case."""
    return {
        "jobId": str(job.pk),
        "taskId": job.runway_task_id,
        "projectId": job.project.slug,
        "sceneId": job.scene.folder_name,
        "kind": job.kind,
        "output": job.output_kind,
        "model": job.model,
        **{name: job.parameters.get(name) for name in MAIN_PARAMETERS},
        "parameters": job.parameters,
        "status": job.status,
        "progress": job.progress,
        "videoUrl": job.file_url if job.output_kind == "video" else None,
        "url": job.file_url,
        "outputs": [{**output, "url": _output_url(job, output["assetId"])} for output in job.outputs],
        "assetId": str(job.asset_id) if job.asset_id else None,
        "take": job.take,
        "error": job.error,
        "quality": quality(job),
        "waiting": job.waiting_message or None,
        "batchId": str(job.batch_id) if job.batch_id else None,
        "batchRow": job.batch_row,
        "reuse": job.reuse,
        "cachedFrom": str(job.cached_from) if job.cached_from else None,
        "priority": job.priority,
        "creditsEstimated": plain_number(job.credits_estimated),
        "creditsCharged": plain_number(job.credits_charged),
        "maxCredits": plain_number(job.credits_ceiling),
        "version": job.version,
        "createdAt": iso_time(job.created_at),
        "submittedAt": iso_time(job.submitted_at),
        "finishedAt": iso_time(job.finished_at),
        "note": job.note or None,
        "starred": job.mark == Mark.STARRED,
        "rejected": job.mark == Mark.REJECTED,
    }


def quality(job: GenerationJob) -> dict[str, Any] | None:
    """Return quality control's verdict and its reasons; None before the take was checked."""
    report = getattr(job, "quality", None)
    return report.as_dict() if report else None


def plain_number(value: Decimal | None) -> int | float | None:
    """Return credits as a JSON number: an integer where it is one."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _output_url(job: GenerationJob, asset_id: str | None) -> str | None:
    return file_url(job.project.slug, job.scene.folder_name, asset_id) if asset_id else None
