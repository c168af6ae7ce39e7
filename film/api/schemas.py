"""Schemas of a cut, with the JSON's own names. All positions are whole frames of the cut's rate."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from film.document.cut import MAX_FRAMES, ClipKind, Fit, Lane, Place
from projects.api.schemas import Time
from projects.web.field_types import AnyText, Flag, Text, WholeNumber
from projects.web.request_body import RequestBody

RateName = Literal["24", "25", "30", "60", "24000/1001", "30000/1001", "60000/1001"]
Loudness = Literal[-14, -16, -23]
Frame = Annotated[WholeNumber, Field(ge=0, le=MAX_FRAMES)]
Id = Annotated[Text, Field(max_length=64, description="yours; left out, the studio gives one")]
AssetId = Annotated[Text, Field(max_length=64)]
Gain = Annotated[float, Field(ge=-60, le=24, description="dB")]
Size = Annotated[WholeNumber, Field(ge=16, le=8192, multiple_of=2)]
Words = Annotated[AnyText, Field(max_length=2000)]
_READ_ONLY = "of an answer; ignored in a request"


class TransitionPart(RequestBody):
    """A dissolve into the clip from the one before, which play together for so many frames."""

    kind: Literal["dissolve"] = "dissolve"
    frames: Annotated[WholeNumber, Field(ge=1, le=MAX_FRAMES)]


class ClipPart(RequestBody):
    """A clip. Without an `assetId` it follows its scene; a gap has neither."""

    id: Id | None = None
    sceneId: Text | None = None
    sceneName: AnyText | None = Field(None, description=_READ_ONLY)
    assetId: AssetId | None = None
    shows: AnyText | None = Field(None, description=_READ_ONLY)
    kind: ClipKind = "take"
    start: Frame | None = Field(None, description="follows from the order; ignored in a request")
    in_: Frame = Field(0, alias="in")
    out: Frame | None = Field(None, description="exclusive; left out, all that there is")
    note: Words = ""
    transition: TransitionPart | None = None
    fit: Fit | None = Field(None, description="null is the fit of the cut")
    gainDb: Gain = 0.0
    mute: Flag = False


class SoundPart(RequestBody):
    """A sound on a lane."""

    id: Id | None = None
    lane: Lane
    assetId: AssetId
    start: Frame
    in_: Frame = Field(0, alias="in")
    out: Frame
    gainDb: Gain = 0.0
    fadeIn: Frame = 0
    fadeOut: Frame = 0
    duck: Flag = False


class CaptionPart(RequestBody):
    """Words that are spoken."""

    start: Frame
    end: Frame
    text: Annotated[Text, Field(max_length=2000)]


class TitlePart(CaptionPart):
    """Words in the picture."""

    place: Place = "centre"


class MarkerPart(RequestBody):
    """A note at a frame of the film."""

    at: Frame
    text: Words = ""


class CutIn(RequestBody):
    """A whole cut, made from the `version` that was read."""

    version: WholeNumber
    automatic: Flag | None = Field(None, description=_READ_ONLY)
    rate: RateName = "24"
    width: Size = 1920
    height: Size = 1080
    fit: Fit = "fit"
    loudness: Loudness = -14
    clips: list[ClipPart]
    sounds: list[SoundPart] = []
    captions: list[CaptionPart] = []
    titles: list[TitlePart] = []
    markers: list[MarkerPart] = []
    length: Frame | None = Field(None, description=_READ_ONLY)
    warnings: list[AnyText] | None = Field(None, description=_READ_ONLY)


class CutOut(BaseModel):
    """A cut as it plays now."""

    version: int
    automatic: bool = Field(description="whether it is the scenes in their order")
    rate: str
    width: int
    height: int
    fit: Fit
    loudness: int
    clips: list[dict[str, Any]]
    sounds: list[dict[str, Any]]
    captions: list[dict[str, Any]]
    titles: list[dict[str, Any]]
    markers: list[dict[str, Any]]
    length: int = Field(description="frames")
    warnings: list[str]


class VersionName(RequestBody):
    """The name of a version."""

    name: Annotated[Text, Field(max_length=200)]


class Version(BaseModel):
    """A state of the cut that somebody has named."""

    number: int
    name: str
    automatic: bool
    createdBy: str | None
    createdAt: Time


class Differences(BaseModel):
    """How two states of the cut differ, one sentence each; none where they play the same."""

    differences: list[str]


class CutChanges(Differences):
    """How the cut has changed since somebody read it."""

    changedBy: str | None = Field(description="who made the last change; null where the account is gone")


class Versions(BaseModel):
    """All named versions, newest first."""

    versions: list[Version]
