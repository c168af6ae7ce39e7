"""Where the files of a film come from, as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import BaseModel

from generation.provenance import disclosure as sheet
from projects.access import permissions
from projects.web.authentication import Request
from projects.web.envelope import responses, success

router = Router(tags=["generation"])


class InputOut(BaseModel):
    """A file that a take was made from."""

    assetId: str
    path: str
    mimeType: str
    sha256: str


class DisclosedOut(BaseModel):
    """A file of the film. Without `path` the scene has no file; without `model` the file was not generated here."""

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
    """The files of a film, and where they come from."""

    projectId: str
    projectName: str
    c2pa: str
    files: list[DisclosedOut]


@router.get(
    "/projects/{project_id}/disclosure",
    response=responses(DisclosureOut),
    summary="What in a film was generated, from what, by whom, when, and at what cost",
)
def disclosure(
    request: Request, project_id: str, takes: Annotated[Literal["chosen", "all"], Query()] = "chosen"
) -> Any:
    """As a file, for people who are signed in: `/projects/{projectId}/disclosure.csv` and `.json`."""
    project = permissions.project_for(request.user, project_id)
    return success(sheet.disclosure_dict(project, sheet.load_disclosure(project, all_takes=takes == "all")))
