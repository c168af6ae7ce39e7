"""The sidecar of a generated file in `metadata/`: where it comes from. It is written once, after completion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from generation.models import GenerationJob
from generation.serializers import plain_number
from projects.disk.c2pa import has_content_credentials
from projects.disk.layout import sidecar_name
from projects.text.iso_time import iso_time

NOT_VERIFIED = "presence only; no signature is verified"


def sidecar_names(job: GenerationJob) -> list[str]:
    """Return the names of the sidecars of a job's files, in the order of its outputs."""
    return [sidecar_name(Path(output["path"]).name) for output in job.outputs]


def sidecar_dict(job: GenerationJob, number: int) -> dict[str, Any]:
    """Return the sidecar of one file as JSON: what it was made from, by whom, when, and what it cost."""
    output = job.outputs[number]
    # the path that it came under: a sidecar is written right after that, and never again
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
        # a reused or drawn take was not made by a call of ours
        "apiVersion": settings.RUNWAY_API_VERSION if job.runway_task_id else None,
        "parameters": job.parameters,
        "inputs": input_dicts(job),
        "person": job.created_by.get_username() if job.created_by else None,
        "createdAt": iso_time(job.created_at),
        "submittedAt": iso_time(job.submitted_at),
        "startedAt": iso_time(job.running_at),
        "finishedAt": iso_time(job.finished_at),
        "creditsEstimated": plain_number(job.credits_estimated),
        "creditsCharged": plain_number(job.credits_charged),
    }


def input_dicts(job: GenerationJob) -> list[dict[str, Any]]:
    """Return the files that went into the request, those in the trash too, each once."""
    assets = {row.asset_id: row.asset for row in job.input_rows.all()}
    return [
        {"assetId": str(asset.pk), "path": asset.relative_path, "mimeType": asset.mime_type, "sha256": asset.sha256}
        for asset in assets.values()
    ]


def has_credentials(path: Path) -> bool | None:
    """Return whether a file has Content Credentials; None when it cannot be read, or its format has none."""
    try:
        return has_content_credentials(path)
    except OSError:
        return None
