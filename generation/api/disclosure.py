"""Where the files of a film come from, as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import BaseModel, Field

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
    films: list[str] = Field(description="the names of the finished films that it is in")


class FilmOut(BaseModel):
    """A finished film."""

    exportId: str
    path: str
    sha256: str
    finishedAt: str | None


class GoneOut(BaseModel):
    """A file that is in the film, and not in the project any more."""

    path: str
    sha256: str


class DisclosureOut(BaseModel):
    """The files of a film, and where they come from."""

    projectId: str
    projectName: str
    c2pa: str
    film: FilmOut | None = Field(description="the one whose files are listed")
    films: list[FilmOut]
    files: list[DisclosedOut]
    gone: list[GoneOut]


@router.get(
    "/projects/{project_id}/disclosure",
    response=responses(DisclosureOut),
    summary="What in a film was generated, from what, by whom, when, and at what cost",
)
def disclosure(
    request: Request,
    project_id: str,
    takes: Annotated[Literal["chosen", "all"], Query()] = "chosen",
    film: Annotated[str, Query(description="the id of a finished export: what is in it, whatever `takes` says")] = "",
) -> Any:
    """As a file, for people who are signed in: `/projects/{projectId}/disclosure.csv` and `.json`."""
    project = permissions.project_for(request.user, project_id)
    shown = sheet.load_disclosure(project, all_takes=takes == "all", film=film)
    return success(sheet.disclosure_dict(project, shown))
