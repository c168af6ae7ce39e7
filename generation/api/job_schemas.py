"""Jobs and what can be done with them, in camel case as on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from generation.actions.mark import MAX_NOTE_LENGTH
from generation.actions.order import MAX_PRIORITY, MIN_PRIORITY
from generation.api.field_types import MaxCredits, Warned
from generation.models.status import Status
from projects.web.field_types import AnyText, Flag, Text, WholeNumber
from projects.web.request_body import RequestBody


class RetryIn(RequestBody):
    """How to retry a job."""

    maxCredits: MaxCredits | None = Field(None, description="absent: as for the take before")
    confirmRefused: Warned = None


class PriorityIn(RequestBody):
    """A new priority of a waiting job."""

    priority: WholeNumber = Field(ge=MIN_PRIORITY, le=MAX_PRIORITY, description="0 is the usual one")


class ResolveIn(RequestBody):
    """What has become of an unconfirmed job: either its task, or that it is lost."""

    taskId: Text | None = Field(None, description="Runway's task that belongs to this job")
    lost: Flag = Field(False, description="true gives the job up")


class JobChange(RequestBody):
    """What to change of a take; what is absent stays."""

    note: AnyText | None = Field(None, description=f"at most {MAX_NOTE_LENGTH} characters; empty removes it")
    starred: Flag | None = Field(None, description="a starred take is not rejected")
    rejected: Flag | None = Field(None, description="a rejected take is neither starred nor chosen")


class ErrorOut(BaseModel):
    """Why a job failed."""

    code: str
    message: str
    retryable: bool


class OutputOut(BaseModel):
    """A file that a job made."""

    assetId: str | None = Field(description="absent for an archive in exports/")
    path: str = Field(description="relative to the project's folder, as the file was named when it arrived")
    sha256: str
    bytes: int
    url: str | None


class ReasonOut(BaseModel):
    """A reason for the verdict of quality control."""

    code: str
    level: Literal["warn", "fail"]
    message: str
    at: float | None = Field(description="seconds from the first frame")
    thumbnailUrl: str | None = Field(description="a JPEG of that moment")


class QualityOut(BaseModel):
    """Quality control's report on a take."""

    verdict: Literal["pass", "warn", "fail"]
    reasons: list[ReasonOut]
    retryNote: str | None = Field(description="what came of the automatic retry, if the project has it on")


class JobOut(BaseModel):
    """A job."""

    jobId: str
    taskId: str | None
    projectId: str
    sceneId: str
    kind: str
    output: str = Field(description="what the kind makes: video, image, audio")
    model: str
    promptText: str | None
    ratio: str | None
    duration: int | float | str | None
    seed: int | None
    parameters: dict[str, Any] = Field(description="all fields of the request; a file is asset: with its id")
    status: Status
    progress: int = Field(ge=0, le=100)
    videoUrl: str | None
    url: str | None = Field(description="of the first file, of any kind")
    outputs: list[OutputOut] = Field(description="every file that it made, in order")
    assetId: str | None
    take: int
    error: ErrorOut | None
    quality: QualityOut | None = Field(description="of a finished take, once it was checked")
    waiting: str | None = Field(description="why it does not move right now")
    batchId: str | None = Field(description="the batch that it belongs to")
    batchRow: int | None = Field(description="its row in that batch")
    reuse: bool = Field(description="whether it may use the file of an equal request that was paid for before")
    cachedFrom: str | None = Field(description="the job that was paid for this file, if it was another one")
    priority: int = Field(description="of the waiting jobs the highest goes first, then the oldest")
    creditsEstimated: int | float | None
    creditsCharged: int | float | None
    maxCredits: int | float | None = Field(description="the most that it was allowed to cost")
    version: int
    createdAt: str
    submittedAt: str | None
    finishedAt: str | None
    note: str | None = Field(description="a person's words on the take")
    starred: bool
    rejected: bool


class JobsOut(BaseModel):
    """A page of jobs, and the cursor of the next page."""

    jobs: list[JobOut]
    nextCursor: str | None
