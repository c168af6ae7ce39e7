"""What browsers are told of a job."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from generation.models.job_row import JobRow
from generation.models.status import ENDED, Status

# the key of the file's address in the last message of a job, by what the job makes
_FILE_URLS = {"video": "videoUrl", "image": "imageUrl", "audio": "audioUrl"}


def job_message(job: JobRow) -> dict[str, Any]:
    """Return the socket's message on the present state of a job: `{"type", "data"}`."""
    data: dict[str, Any] = {
        "jobId": str(job.pk),
        "projectId": job.project.slug,
        "sceneId": job.scene.folder_name,
        "status": job.status,
        "progress": job.progress,
        "version": job.version,
    }
    if job.status == Status.COMPLETED:
        return _message(job, "completed", data | {_FILE_URLS[job.output_kind]: job.file_url})
    if job.status in ENDED:
        ending = {
            "code": job.status,
            "message": _("The generation is {status}.").format(status=job.status),
            "retryable": False,
        }
        return _message(job, "failed", data | {"error": job.error or ending})
    started = job.status == Status.QUEUED and job.version == 1
    return _message(job, "started" if started else "progress", data)


def _message(job: JobRow, event: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": f"{job.output_kind}_generation_{event}", "data": data}
