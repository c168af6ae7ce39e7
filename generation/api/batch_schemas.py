"""Batches, in camel case as on the wire."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from generation.api.field_types import Confirmed, MaxCredits, Parameters, Reuse
from generation.api.plan import ModelPlanOut
from generation.models.status import Status
from generation.money.estimates import Certainty, Source
from projects.web.field_types import AnyText, Text, WholeNumber
from projects.web.request_body import RequestBody

ROW = (
    "scene (its id or name), kind, model, takes, reuse, maxCredits, and the model's fields by Runway's names; a file is"
    " its name, asset: with its id, an address or a data URI"
)


class MatrixIn(RequestBody):
    """Every scene × prompt × model × seed. Any other field, by Runway's name, counts for all of them."""

    model_config = ConfigDict(extra="allow")

    scenes: list[Text] = Field(min_length=1, max_length=1000, description="their ids or names")
    prompts: list[Text] = Field([], max_length=1000)
    models: list[Text] = Field(min_length=1, max_length=100)
    seeds: list[WholeNumber] = Field([], max_length=1000)


class FinalIn(RequestBody):
    """The chosen takes of a draft, to be made again with another model."""

    batchId: UUID
    model: Text = Field(description="the model of the final takes")
    jobIds: list[UUID] | None = Field(None, max_length=1000, description="absent: the chosen takes of the batch")


class BatchIn(RequestBody):
    """Exactly one of items, csv, file, matrix, withoutTake, finalOf names the requests."""

    projectId: Text
    name: Annotated[Text, Field(max_length=200)] | None = None
    items: list[Parameters] | None = Field(None, min_length=1, max_length=1000, description=f"each has {ROW}")
    csv: AnyText | None = Field(None, description=f"a shot list; its first line names the columns: {ROW}")
    file: Text | None = Field(
        None, description="the same as a file in base64: .xlsx or .ods (its first sheet), .csv or .json"
    )
    matrix: MatrixIn | None = None
    withoutTake: Parameters | None = Field(
        None, description="every scene without a take, as its last request; fields that are given here count for all"
    )
    finalOf: FinalIn | None = Field(None, description="the chosen takes of a draft again, with another model")
    maxCredits: MaxCredits | None = Field(None, description="for each take whose row does not say")
    reuse: Reuse | None = None
    confirmRefused: Confirmed = False

    @model_validator(mode="after")
    def _has_one_source(self) -> BatchIn:
        sources = (self.items, self.csv, self.file, self.matrix, self.withoutTake, self.finalOf)
        if sum(source is not None for source in sources) != 1:
            raise ValueError("give exactly one of items, csv, file, matrix, withoutTake, finalOf")
        return self


class BatchRetryIn(RequestBody):
    """How to retry the failed jobs of a batch."""

    maxCredits: MaxCredits | None = Field(None, description="absent: as for the takes before")
    confirmRefused: Confirmed = False


class BatchOut(BaseModel):
    """A batch, counted from its jobs."""

    batchId: str
    projectId: str
    name: str
    state: str = Field(description="running, completed, partly, failed, cancelled, unconfirmed")
    total: int
    ended: int
    counts: dict[Status, int] = Field(description="jobs by status; of a job that was tried again the successor counts")
    progress: int = Field(ge=0, le=100)
    reused: int = Field(description="jobs that cost nothing, since their file was paid for before")
    creditsEstimated: int | float | None = Field(description="for the jobs that are not finished yet")
    creditsCharged: int | float | None
    createdBy: str | None
    createdAt: str


class BatchesOut(BaseModel):
    """Batches, newest first."""

    batches: list[BatchOut]


class PlannedItemOut(BaseModel):
    """One request of a batch that is only planned, with its price."""

    row: int
    sceneId: str
    kind: str
    model: str
    parameters: Parameters
    credits: int | float | None
    certainty: Certainty
    priceSource: Source = Field(description="where the price comes from")
    maxCredits: int | float | None
    free: bool
    sameAs: int | None = Field(description="the row that is paid for the same")
    cachedFrom: str | None
    note: str | None


class BatchPlanOut(BaseModel):
    """What a batch would cost, and when it would be done."""

    total: int
    credits: int | float | None = Field(description="for all; null if a price is not known")
    free: int
    priceUnknown: int
    items: list[PlannedItemOut]
    plan: list[ModelPlanOut] = Field(description="when the paid requests would be sent and done, by model")


class RetryPlanOut(BaseModel):
    """What a retry of a batch would do and cost."""

    anew: int
    goingOn: int = Field(description="their clip is paid for and is downloaded again, at no cost")
    credits: int | float | None
