"""Schemas of requests and answers about projects, scenes, files and members, with the JSON's own camel-case names."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from projects.models import Scene as SceneRow
from projects.web.field_types import Flag, Text, WholeNumber
from projects.web.request_body import RequestBody

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, description="ISO 8601 in UTC, ending in Z")]
"""A moment, see `projects/text/iso_time.py`."""
Role = Literal["owner", "editor", "viewer"]


class ProjectName(RequestBody):
    """A new project."""

    name: Text


class ProjectChange(RequestBody):
    """What to change of a project; what is absent stays."""

    name: Text | None = None


class SceneName(RequestBody):
    """A new scene; without a name it gets one from its number."""

    name: Text | None = None


class SceneChange(SceneName):
    """What to change of a scene; what is absent stays."""

    position: WholeNumber | None = Field(None, description="from 1; the other scenes make room")
    reviewStatus: SceneRow.ReviewStatus | None = None
    color: SceneRow.Color | None = None


class AssetChange(RequestBody):
    """What to change of a file; what is absent stays."""

    fileName: Text | None = Field(None, description="its ending stays the one that fits the content")
    selected: Flag | None = Field(None, description="videos only: the chosen take, of which a scene has at most one")


class Moment(RequestBody):
    """A time in a video."""

    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = Field(
        None, description="left out, its last frame"
    )


class MemberName(RequestBody):
    """A new member, as an editor or a viewer."""

    username: Text
    role: Role = "viewer"
    maySpend: Flag = False


class MemberChange(RequestBody):
    """What to change of a member; what is absent stays."""

    role: Role | None = Field(None, description="owner hands the project over")
    maySpend: Flag | None = None


class Project(BaseModel):
    """A project."""

    id: str
    name: str
    createdAt: Time
    updatedAt: Time = Field(description="the newest change to it or to one of its scenes")
    sceneCount: int


class Projects(BaseModel):
    """All projects of a person."""

    projects: list[Project]


class Asset(BaseModel):
    """A file of a scene."""

    id: str
    fileName: str
    path: str = Field(description="relative to the project's folder")
    mimeType: str
    bytes: int
    sha256: str
    width: int | None
    height: int | None
    duration: float | None = Field(description="seconds")
    source: Literal["uploaded", "generated", "found"]
    createdAt: Time
    originalName: str = Field("", description="of the uploaded file, where it is stored under another name")
    originalPath: str = Field("", description="of the picture as it came, where it was converted")
    hasSound: bool = Field(False, description="whether there is sound in it; absent where that is not known")
    missing: bool = Field(False, description="removed from its folder by hand")


class Video(Asset):
    """A video of a scene; `take` is null for one that was uploaded."""

    take: int | None
    selected: bool
    selectedAutomatically: bool = Field(description="whether quality control chose it, and nobody since")


class Peaks(BaseModel):
    """The wave form of a sound."""

    peaks: list[int] = Field(description="0 for silence to 255")


class StoredAssets(BaseModel):
    """The files of a form that had several, in its order."""

    assets: list[Video | Asset]


class Export(BaseModel):
    """A file in a scene's `exports/`."""

    fileName: str
    path: str
    bytes: int
    modifiedAt: Time


class Assets(BaseModel):
    """The files of a scene by folder."""

    images: list[Asset]
    audio: list[Asset]
    videos: list[Video]


class AssetsAndExports(Assets):
    """The files of a scene by folder, with its exports."""

    exports: list[Export]


class VideoRequest(BaseModel):
    """A request for a video, a picture or a sound."""

    model_config = ConfigDict(extra="allow")

    jobId: str
    taskId: str | None
    kind: str = "image_to_video"
    model: str
    promptText: str | None
    promptImage: str | None
    ratio: str | None
    duration: float | str | None
    seed: int | None
    status: str
    progress: int
    error: dict[str, Any] | None
    creditsEstimated: float | None
    creditsCharged: float | None
    maxCredits: float | None = None
    simulated: bool | None = None
    createdAt: Time
    finishedAt: Time | None
    note: str | None = None
    starred: bool = False
    rejected: bool = False


class CompletedVideo(BaseModel):
    """A video, picture or sound that was generated."""

    model_config = ConfigDict(extra="allow")

    jobId: str
    taskId: str | None
    path: str
    take: int
    sha256: str
    createdAt: Time


class Generation(BaseModel):
    """What was requested and generated in a scene. The lists of pictures and sound are there when they have entries."""

    olderRequests: bool = Field(False, description="whether there are more than these, the newest")
    videoRequests: list[VideoRequest]
    completedVideos: list[CompletedVideo]
    imageRequests: list[VideoRequest] = []
    completedImages: list[CompletedVideo] = []
    audioRequests: list[VideoRequest] = []
    completedAudio: list[CompletedVideo] = []


class Scene(BaseModel):
    """A scene, as in its scene.json."""

    id: str
    projectId: str
    name: str
    position: int
    reviewStatus: SceneRow.ReviewStatus
    color: SceneRow.Color
    version: int
    createdAt: Time
    updatedAt: Time
    status: Literal["empty", "has_content", "generating"]
    assets: Assets
    generation: Generation


class SceneWithExports(Scene):
    """A scene, as in its scene.json, with its exports."""

    assets: AssetsAndExports


class Folders(BaseModel):
    """The scenes of a project: all of them, unless there is a next page."""

    folders: list[Scene]
    nextCursor: str | None


class Member(BaseModel):
    """A member of a project."""

    username: str
    role: Role
    maySpend: bool


class Members(BaseModel):
    """All members of a project."""

    members: list[Member]
