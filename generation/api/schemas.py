"""What the JSON calls of generation take and give, as the contract names it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from generation.actions.cancel import HIGHEST, LOWEST
from generation.actions.generate import DEFAULT_MODEL, DURATION, RATIO
from generation.actions.mark import LONGEST_NOTE
from generation.models.status import Status
from generation.runway import catalog
from projects.web.field_types import AnyText, Flag, Text, WholeNumber

Confirmed = Annotated[
    Flag, Field(description="true sends what moderation refused before; without it that is 409, `refused_before`")
]
Warned = Annotated[
    Flag | None,
    Field(description="false: what moderation refused before is 409, `refused_before`; absent: it is only said"),
]
Kind = Annotated[Text, Field(json_schema_extra={"enum": list(catalog.kinds())})]


Reuse = Annotated[
    Flag,
    Field(
        description="true: where an equal request was paid before, its file is taken for 0 credits, and one on its way"
        " is waited for; false: never; without it: where the request names a seed"
    ),
]


class GenerateIn(BaseModel):
    projectId: Text
    sceneId: Text
    promptText: Text | None = None
    promptImage: Text | None = Field(None, description="an http(s) address or a data URI; else imageId")
    imageId: UUID | None = Field(None, description="a picture of the scene; else promptImage")
    model: Text = DEFAULT_MODEL
    ratio: Text = Field(RATIO, description="where the model takes another, or none: its own")
    duration: WholeNumber = Field(DURATION, description="seconds; where the model takes another, or none: its own")
    seed: WholeNumber | None = None
    reuse: Reuse | None = None
    confirmRefused: Warned = None


class RetryIn(BaseModel):
    confirmRefused: Warned = None


class GenerationIn(BaseModel):
    """Any other field is one of the model's, by Runway's name: promptText, promptImage, ratio, seed, voice …"""

    model_config = ConfigDict(extra="allow")

    projectId: Text
    sceneId: Text
    kind: Kind = Field(description="the endpoint's name at Runway")
    model: Text = Field(description="one of the kind's: GET /api/models")
    reuse: Reuse | None = None
    confirmRefused: Confirmed = False

    @property
    def parameters(self) -> dict[str, Any]:
        return self.model_extra or {}

    @model_validator(mode="after")
    def _no_nul_anywhere(self) -> GenerationIn:
        for name, value in self.parameters.items():
            if has_nul(value) or "\0" in name:
                raise ValueError("must not contain NUL characters")
        return self


def has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(has_nul(key) or has_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(has_nul(inner) for inner in value)


class ModelsOut(BaseModel):
    models: list[dict[str, Any]]


class TestGenerateIn(BaseModel):
    testImage: Text | None = Field(None, description="an http(s) address or a data URI; a drawn picture without it")
    testPrompt: Text | None = None
    duration: WholeNumber = Field(5, description="seconds")


class PriorityIn(BaseModel):
    priority: WholeNumber = Field(ge=LOWEST, le=HIGHEST, description="0 is the usual one")


class OrderIn(BaseModel):
    order: Literal["queue", "cheapest"]


class PlannedJob(BaseModel):
    jobId: str
    startsAt: str | None = Field(description="null where Runway allows none of this model")
    endsAt: str | None
    nextDay: bool = Field(description="it waits for Runway's daily limit, not only for a place")


class ModelPlanOut(BaseModel):
    model: str
    sentence: str
    waiting: int
    fits: int = Field(description="how many are sent before the day is full")
    restFrom: str | None
    doneAt: str | None
    maxDaily: int | None
    usedToday: int | None = Field(description="in the last 24 hours")
    maxConcurrent: int | None
    credits: int | float = Field(description="of all that wait, as estimated")
    priceUnknown: int = Field(description="how many of them have no known price")
    othersWaiting: int = Field(description="jobs of others' projects that stand in the same line")
    jobs: list[PlannedJob]


class PlanOut(BaseModel):
    order: Literal["queue", "cheapest"]
    models: list[ModelPlanOut]


class ResolveIn(BaseModel):
    taskId: Text | None = Field(None, description="Runway's task that belongs to this job")
    lost: Flag = Field(False, description="true gives the job up")


class ErrorOut(BaseModel):
    code: str
    message: str
    retryable: bool


class OutputOut(BaseModel):
    assetId: str | None = Field(description="absent for an archive in exports/")
    path: str = Field(description="relative to the project's folder, as it was named when it came")
    sha256: str
    bytes: int
    url: str | None


class ReasonOut(BaseModel):
    code: str
    level: Literal["warn", "fail"]
    message: str
    at: float | None = Field(description="seconds from the first frame")
    thumbnailUrl: str | None = Field(description="a JPEG of that moment")


class QualityOut(BaseModel):
    verdict: Literal["pass", "warn", "fail"]
    reasons: list[ReasonOut]
    retryNote: str | None = Field(description="what came of the automatic retry, where the project has switched it on")


class JobOut(BaseModel):
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
    parameters: dict[str, Any] = Field(description="all that was asked for; a file is asset: with its id")
    status: Status
    progress: int = Field(ge=0, le=100)
    videoUrl: str | None
    url: str | None = Field(description="of the first file, whatever it is")
    outputs: list[OutputOut] = Field(description="every file that it made, in order")
    assetId: str | None
    take: int
    error: ErrorOut | None
    quality: QualityOut | None = Field(description="of a finished take, once it was looked at")
    waiting: str | None = Field(description="why it does not move right now")
    batchId: str | None = Field(description="what it was asked for together with")
    batchRow: int | None = Field(description="its row in that list")
    reuse: bool = Field(description="whether the file of an equal request that was paid before may serve it")
    cachedFrom: str | None = Field(description="the job that was paid for this file, where it was not this one")
    priority: int = Field(description="of what waits, the highest goes first; then the oldest")
    creditsEstimated: int | float | None
    creditsCharged: int | float | None
    version: int
    createdAt: str
    submittedAt: str | None
    finishedAt: str | None
    note: str | None = Field(description="a person's words on the take")
    starred: bool
    rejected: bool


class JobChange(BaseModel):
    note: AnyText | None = Field(None, description=f"at most {LONGEST_NOTE} characters; empty takes it away")
    starred: Flag | None = Field(None, description="a starred take is not rejected")
    rejected: Flag | None = Field(None, description="a rejected take is neither starred nor chosen")


class JobsOut(BaseModel):
    jobs: list[JobOut]
    nextCursor: str | None


class ConnectionOut(BaseModel):
    credits: int | float | None
    dailyGenerations: int | None
    maxDailyGenerations: int | None
    maxConcurrentGenerations: int | None
    apiVersion: str
    baseUrl: str
    model: str
