"""What is known of takes besides themselves, as JSON: what quality control saw."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Router

from generation.finding import job_for
from generation.quality.rows import QualityThumbnail
from projects.files_api import BYTES
from projects.http import Request
from projects.problems import not_found

router = Router(tags=["generation"])


@router.get("/jobs/{job_id}/quality/{number}", summary="A JPEG of the moment that a reason is about", **BYTES)
def thumbnail(request: Request, job_id: str, number: Annotated[int, Path(ge=0, le=10_000)]) -> HttpResponse:
    """`number`: of the reason in the job's `quality`, from 0; its `thumbnailUrl` leads here."""
    job = job_for(request.user, job_id)
    found = QualityThumbnail.objects.filter(report__job=job, number=number).first()
    if found is None:
        raise not_found("thumbnail")
    headers = {"Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.jpeg), content_type="image/jpeg", headers=headers)
