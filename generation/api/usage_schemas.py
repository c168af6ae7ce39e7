"""What the JSON calls about money take and give."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, Strict

from projects.api.schemas import Time
from projects.web.field_types import Text, WholeNumber

Number = int | float
Day = Annotated[str, Field(json_schema_extra={"format": "date"}, description="in UTC, as Runway counts")]
# a number as JSON has it, and neither a text nor true
Credits = (
    Annotated[float, Strict(), Field(ge=0, le=9999999999, allow_inf_nan=False)]
    | Annotated[int, Strict(), Field(ge=0, le=9999999999)]
)


class Spent(BaseModel):
    spent: Number = Field(description="credits: charged less refunded")
    charged: Number
    refunded: Number = Field(description="what Runway gave back, as a positive number")


class SpentOnDay(Spent):
    day: Day


class SpentOnProject(Spent):
    projectId: str
    name: str


class SpentOnScene(SpentOnProject):
    sceneId: str


class SpentOnModel(Spent):
    model: str


class SpentByPerson(Spent):
    username: str | None = Field(description="null for somebody who is gone")
    name: str


class Refused(BaseModel):
    model: str
    count: int
    lastAt: Time


class Total(Spent):
    held: Number = Field(description="for what is on its way now, or unconfirmed, whenever it was asked for")
    takesCompleted: int
    spentOnFailed: Number = Field(description="on takes that came to nothing")
    spentOnRejected: Number = Field(description="on takes that a person rejected")
    secondsUsed: float = Field(description="of the takes that are chosen now")
    creditsPerSecondUsed: float | None = Field(description="of all that was spent so far; null while nothing is chosen")


class Usage(BaseModel):
    since: Day | None
    until: Day | None
    total: Total
    byDay: list[SpentOnDay]
    byProject: list[SpentOnProject]
    byScene: list[SpentOnScene]
    byModel: list[SpentOnModel]
    byPerson: list[SpentByPerson]
    refusals: list[Refused] = Field(description="by moderation, in the last 30 days: Runway suspends for repeated ones")


class Entry(BaseModel):
    entryId: int
    at: Time
    kind: Literal["estimate", "reservation", "charge", "refund", "release"]
    credits: Number = Field(description="refunds and releases are below zero")
    jobId: str | None
    projectId: str | None
    projectName: str
    sceneId: str | None
    sceneName: str
    model: str
    person: str
    reason: str


class Entries(BaseModel):
    entries: list[Entry]
    nextCursor: str | None


class BudgetIn(BaseModel):
    projectId: Text | None = Field(None, description="of this project; without it for all projects, by staff")
    username: Text | None = Field(None, description="of this person; without it for everybody")
    period: Literal["day", "month", "total"] = "total"
    credits: Credits


class BudgetOut(BaseModel):
    budgetId: int
    projectId: str | None
    username: str | None
    period: Literal["day", "month", "total"]
    credits: Number
    spent: Number
    held: Number
    left: Number
    setBy: str | None
    changedAt: Time


class Budgets(BaseModel):
    budgets: list[BudgetOut]


class ReconcileIn(BaseModel):
    days: Annotated[WholeNumber, Field(ge=1, le=90)] = Field(30, description="up to today")


class Suspect(BaseModel):
    jobId: str
    why: str


class Difference(BaseModel):
    day: Day
    model: str
    ours: Number
    runway: Number
    difference: Number = Field(description="what Runway counts and the studio does not")
    suspects: list[Suspect]


class ReconciliationOut(BaseModel):
    at: Time
    since: Day
    until: Day
    differences: list[Difference]
    agreeing: int = Field(description="how many days and models agree")


class MaybeReconciliation(BaseModel):
    reconciliation: ReconciliationOut | None
