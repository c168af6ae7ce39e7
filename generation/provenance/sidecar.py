"""Where a generated file comes from: its sidecar in `metadata/`, written once, after completion."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from generation.serializers import plain_number
from projects import mirror
from projects.disk import c2pa, files

if TYPE_CHECKING:
    from generation.models import GenerationJob

NOT_VERIFIED = "presence only; no signature is verified"


def made(job: GenerationJob) -> list[dict[str, Any]]:
    """The files of a finished job as they came: `path` (within the project's folder), `sha256`, `bytes`."""
    if job.outputs or job.asset is None:
        return list(job.outputs)
    asset = job.asset
    return [{"assetId": str(asset.pk), "path": asset.relative_path, "sha256": asset.sha256, "bytes": asset.bytes}]


def sidecars(job: GenerationJob) -> dict[str, int]:
    """Name in `metadata/` → the number of the file among those that the job made."""
    names = [Path(output["path"]).name if job.outputs else f"take-{job.take:03d}.mp4" for output in made(job)]
    return {files.sidecar_name(name): number for number, name in enumerate(names)}


def sidecar(job: GenerationJob, number: int) -> dict[str, Any]:
    """What one file was made of, by whom, when, and what it cost."""
    output = made(job)[number]
    path = job.scene.project.path / output["path"]
    return {
        "path": output["path"],
        "sha256": output["sha256"],
        "bytes": output["bytes"],
        "c2pa": {"present": has_credentials(path), "note": NOT_VERIFIED},
        "jobId": str(job.pk),
        "taskId": job.runway_task_id,
        "cachedFrom": str(job.cached_from) if job.cached_from else None,
        "projectId": job.scene.project.slug,
        "sceneId": job.scene.folder_name,
        "take": job.take,
        "kind": job.kind,
        "model": job.model,
        "apiVersion": settings.RUNWAY_API_VERSION if job.runway_task_id else None,
        "parameters": job.request,
        "inputs": inputs(job),
        "person": job.created_by.get_username() if job.created_by else None,
        "createdAt": mirror.iso(job.created_at),
        "submittedAt": _iso(job.submitted_at),
        "startedAt": _iso(job.running_at),
        "finishedAt": _iso(job.finished_at),
        "creditsEstimated": plain_number(job.credits_estimated),
        "creditsCharged": plain_number(job.credits_charged),
    }


def inputs(job: GenerationJob) -> list[dict[str, Any]]:
    """The files that went into it, trashed ones too."""
    found = {asset.pk: asset for asset in job.inputs.all()}
    if job.prompt_image:
        found.setdefault(job.prompt_image.pk, job.prompt_image)
    return [
        {"assetId": str(asset.pk), "path": asset.relative_path, "mimeType": asset.mime_type, "sha256": asset.sha256}
        for asset in found.values()
    ]


def has_credentials(path: Path) -> bool | None:
    """None where that is not known."""
    try:
        return c2pa.is_present(path)
    except OSError:
        return None


def _iso(moment: datetime | None) -> str | None:
    return mirror.iso(moment) if moment else None
