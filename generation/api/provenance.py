"""What is known of takes besides themselves, as JSON: what quality control saw, and where a film comes from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel

from generation.access import job_for
from generation.models.quality import QualityThumbnail
from generation.provenance import disclosure as sheet
from projects.access import permissions
from projects.api.assets import BYTES
from projects.problems import not_found
from projects.web.authentication import Request
from projects.web.envelope import responses, success

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


class InputOut(BaseModel):
    assetId: str
    path: str
    mimeType: str
    sha256: str


class DisclosedOut(BaseModel):
    """A file of the film; without `path` the scene has none to show, without `model` it was not generated here."""

    sceneId: str
    sceneName: str
    position: int
    path: str | None
    sha256: str | None
    source: Literal["uploaded", "generated", "found"] | None
    take: int | None
    chosen: bool
    kind: str | None
    model: str | None
    promptText: str | None
    parameters: dict[str, Any] | None
    inputs: list[InputOut]
    person: str | None
    createdAt: str | None
    finishedAt: str | None
    creditsCharged: int | float | None
    taskId: str | None
    c2paPresent: bool | None
    verdict: Literal["pass", "warn", "fail"] | None


class DisclosureOut(BaseModel):
    projectId: str
    projectName: str
    c2pa: str
    files: list[DisclosedOut]


@router.get(
    "/projects/{project_id}/disclosure",
    response=responses(DisclosureOut),
    summary="What in a film was generated, of what, by whom, when, and at what cost",
)
def disclosure(
    request: Request, project_id: str, takes: Annotated[Literal["chosen", "all"], Query()] = "chosen"
) -> Any:
    """As a file: `/projects/{projectId}/disclosure.csv` and `.json`, for who is signed in."""
    project = permissions.project_for(request.user, project_id)
    return success(sheet.as_dict(project, sheet.disclosure(project, every=takes == "all")))
