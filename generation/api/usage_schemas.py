"""The usage report and the entries of the ledger, in camel case as on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from generation.api.field_types import Day, Number
from projects.api.schemas import Time


class Spent(BaseModel):
    """Credits that were spent."""

    spent: Number = Field(description="credits: charged less refunded")
    charged: Number
    refunded: Number = Field(description="what Runway gave back, as a positive number")


class SpentOnDay(Spent):
    """Credits of one day."""

    day: Day


class SpentOnProject(Spent):
    """Credits of one project."""

    projectId: str
    name: str


class SpentOnScene(SpentOnProject):
    """Credits of one scene."""

    sceneId: str


class SpentOnModel(Spent):
    """Credits of one model."""

    model: str


class SpentByPerson(Spent):
    """Credits of one person."""

    username: str | None = Field(description="null if the person was deleted")
    name: str


class Refused(BaseModel):
    """How often moderation refused a model's requests."""

    model: str
    count: int
    lastAt: Time


class Total(Spent):
    """Credits of everything that the report covers."""

    held: Number = Field(description="for unfinished and unconfirmed jobs, whenever they were created")
    takesCompleted: int
    spentOnFailed: Number = Field(description="on failed and cancelled takes")
    spentOnRejected: Number = Field(description="on takes that a person rejected")
    secondsUsed: float = Field(description="length of the takes that are chosen now")
    creditsPerSecondUsed: float | None = Field(description="of all credits spent so far; null while nothing is chosen")


class Usage(BaseModel):
    """The usage report."""

    since: Day | None
    until: Day | None
    total: Total
    byDay: list[SpentOnDay]
    byProject: list[SpentOnProject]
    byScene: list[SpentOnScene]
    byModel: list[SpentOnModel]
    byPerson: list[SpentByPerson]
    refusals: list[Refused] = Field(
        description="by moderation, in the last 30 days: Runway suspends accounts for repeated ones"
    )


class Entry(BaseModel):
    """An entry of the ledger."""

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
    """A page of ledger entries, and the cursor of the next page."""

    entries: list[Entry]
    nextCursor: str | None
