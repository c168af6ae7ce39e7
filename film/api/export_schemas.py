"""Schemas of exports, with the JSON's own names."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from film.api.schemas import Frame
from projects.api.schemas import Time
from projects.web.field_types import Flag, Text
from projects.web.request_body import RequestBody

ProfileName = Literal[
    "h264-1080p",
    "h264-4k",
    "h264-source",
    "vertical-1080x1920",
    "square-1080",
    "prores-422-hq",
    "preview-webp",
    "preview-gif",
    "audio-wav",
    "contact-sheet-pdf",
    "storyboard-pdf",
    "stills-png",
]


class ExportIn(RequestBody):
    """What to export, and how."""

    profile: Annotated[Text, Field(description="see `profile` of an export")]
    loudness: Literal[-14, -16, -23] | None = Field(None, description="LUFS; left out, that of the cut")
    captions: Literal["none", "burn", "sidecar"] = Field("none", description="sidecar: a file of subtitles beside it")
    timecode: Flag = Field(False, description="burnt in")
    slate: Flag = Field(False, description="two seconds before the film: name, version, size, rate, length")
    in_: Frame | None = Field(None, alias="in", description="the first frame")
    out: Frame | None = Field(None, description="the frame after the last one")
    sceneId: Text | None = Field(None, description="the part of the film in which this scene plays; without in and out")
    missing: Literal["fail", "card"] = Field("fail", description="card: it stands for a file that is gone")


class Segments(BaseModel):
    """How many pieces the picture has, and how many of them were there already."""

    total: int
    reused: int


class ExportOut(BaseModel):
    """An export."""

    exportId: str
    projectId: str
    profile: ProfileName
    options: dict[str, Any]
    cutVersion: int
    status: Literal["queued", "running", "completed", "failed", "cancelled"]
    progress: float = Field(description="from 0 to 1")
    secondsLeft: int | None
    path: str | None = Field(description="in the project's folder")
    url: str | None
    captionsUrl: str | None = Field(description="the subtitles beside the file")
    bytes: int | None
    sha256: str | None
    segments: Segments
    report: list[str]
    error: str | None
    version: int
    createdAt: Time
    finishedAt: Time | None


class Exports(BaseModel):
    """The exports of a project, newest first."""

    exports: list[ExportOut]
