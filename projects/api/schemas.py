"""What the API takes and gives about projects, scenes, files and members, in camel case as on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from projects.web.field_types import Flag, Text, WholeNumber

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, description="UTC, closed by Z")]
Role = Literal["owner", "editor", "viewer"]


class ProjectName(BaseModel):
    name: Text


class ProjectChange(BaseModel):
    name: Text | None = None


class SceneName(BaseModel):
    name: Text | None = None


class SceneChange(SceneName):
    position: WholeNumber | None = Field(None, description="from 1; the other scenes make room")


class AssetChange(BaseModel):
    fileName: Text | None = Field(None, description="the ending stays what the content asks for")
    selected: Flag | None = Field(None, description="videos: the chosen take; of a scene at most one")


class MemberName(BaseModel):
    username: Text
    role: Role = "viewer"
    maySpend: Flag = False


class MemberChange(BaseModel):
    role: Role | None = Field(None, description="owner hands the project over")
    maySpend: Flag | None = None


class Project(BaseModel):
    id: str
    name: str
    createdAt: Time
    updatedAt: Time = Field(description="the newest change to it or to one of its scenes")
    sceneCount: int


class Projects(BaseModel):
    projects: list[Project]


class Asset(BaseModel):
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


class Video(Asset):
    take: int | None
    selected: bool


class Export(BaseModel):
    fileName: str
    path: str
    bytes: int
    modifiedAt: Time


class Assets(BaseModel):
    images: list[Asset]
    audio: list[Asset]
    videos: list[Video]


class AssetsAndExports(Assets):
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
    createdAt: Time
    finishedAt: Time | None
    note: str | None = None
    starred: bool = False
    rejected: bool = False


class CompletedVideo(BaseModel):
    model_config = ConfigDict(extra="allow")

    jobId: str
    taskId: str | None
    path: str
    take: int
    sha256: str
    createdAt: Time


class Generation(BaseModel):
    """Those of pictures and sound are there where there are any."""

    videoRequests: list[VideoRequest]
    completedVideos: list[CompletedVideo]
    imageRequests: list[VideoRequest] = []
    completedImages: list[CompletedVideo] = []
    audioRequests: list[VideoRequest] = []
    completedAudio: list[CompletedVideo] = []


class Scene(BaseModel):
    id: str
    projectId: str
    name: str
    position: int
    version: int
    createdAt: Time
    updatedAt: Time
    status: Literal["empty", "has_content", "generating"]
    assets: Assets
    generation: Generation


class SceneWithExports(Scene):
    assets: AssetsAndExports


class Folders(BaseModel):
    folders: list[Scene]


class Member(BaseModel):
    username: str
    role: Role
    maySpend: bool


class Members(BaseModel):
    members: list[Member]
