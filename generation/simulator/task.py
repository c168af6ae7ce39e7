"""One task: what was asked for, and what it looks like at a moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generation.simulator import prompt_words
from projects.iso_time import iso_time

# of its time a task spends this much as PENDING, but no more than these seconds
PENDING_PART, PENDING_SECONDS = 0.15, 1.0
# what `progress` shows while the clip is late
ALMOST = 0.99

FAILURES = {
    "SAFETY.INPUT": "The input was flagged by content moderation.",
    "SAFETY.OUTPUT": "The output was flagged by content moderation.",
    "INPUT_PREPROCESSING.SAFETY": "The provider's content moderation blocked the input.",
    "ASSET.INVALID": "The asset could not be used.",
    "THIRD_PARTY": "The provider of the model could not take the request.",
}
ANY_FAILURE = "An unexpected error occurred."
# the codes that cost as much as a clip; for all others the credits come back
KEPT = ("SAFETY.", "INPUT_PREPROCESSING.SAFETY.TEXT")


@dataclass(frozen=True)
class Order:
    """What a task has to do, as the journal keeps it; a field that comes later needs a default, for older journals.

    `clip` is the name of the first output file, `others` are those of the rest.
    """

    id: str
    kind: str
    model: str
    prompt: str
    width: int
    height: int
    duration: float
    move: str
    clip: str
    credits: float
    seconds: float
    link_seconds: float
    others: tuple[str, ...] = ()
    sound: bool = False

    def __post_init__(self) -> None:
        # out of the journal it comes as a list
        object.__setattr__(self, "others", tuple(self.others))

    @property
    def names(self) -> list[str]:
        return [self.clip, *self.others]

    @cached_property
    def words(self) -> prompt_words.PromptWords:
        return prompt_words.read(self.prompt)


@dataclass
class Task:
    order: Order
    created_at: float
    # None while there is no free place
    started_at: float | None = None
    drawn: bool = False
    # set when the clip could not be drawn
    broken: bool = False
    removed: bool = False
    charged: float = field(init=False)

    def __post_init__(self) -> None:
        self.charged = self.order.credits

    @property
    def ends_at(self) -> float:
        return math.inf if self.started_at is None else self.started_at + self.order.seconds

    @property
    def failure_code(self) -> str | None:
        return "INTERNAL" if self.broken else self.order.words.fail

    @property
    def refunds(self) -> bool:
        """Whether its end gives the credits back."""
        return self.failure_code is not None and not self.failure_code.startswith(KEPT)

    def status(self, now: float) -> str:
        if self.started_at is None:
            return "THROTTLED"
        if now < self.started_at + self._pending:
            return "PENDING"
        if now < self.ends_at:
            return "RUNNING"
        if self.failure_code is not None:
            return "FAILED"
        return "SUCCEEDED" if self.drawn else "RUNNING"

    @property
    def _pending(self) -> float:
        return min(PENDING_SECONDS, self.order.seconds * PENDING_PART)

    def progress(self, now: float) -> float:
        running_at = (self.started_at or 0) + self._pending
        return min(round((now - running_at) / (self.order.seconds - self._pending), 2), ALMOST)

    def as_dict(self, now: float, link: Callable[[str], str]) -> dict[str, Any]:
        """Runway's own object: each status has its keys and no others. `link` makes one to an output."""
        status = self.status(now)
        body: dict[str, Any] = {"id": self.order.id, "status": status, "createdAt": iso_time(self.created_at)}
        if status in ("PENDING", "THROTTLED", "RUNNING"):
            body["estimatedCost"] = cost(self.order.credits)
        else:
            body["cost"] = {"credits": math.ceil(self.charged)}
        if status == "RUNNING":
            body["progress"] = self.progress(now)
        elif status == "SUCCEEDED":
            body["output"] = [link(name) for name in self.order.names]
        elif status == "FAILED":
            body |= self._failure()
        return body

    def _failure(self) -> dict[str, str]:
        code = self.failure_code or prompt_words.NO_CODE
        text = next((text for start, text in FAILURES.items() if code.startswith(start)), ANY_FAILURE)
        return {"failure": text} if code == prompt_words.NO_CODE else {"failure": text, "failureCode": code}


def cost(credits: float) -> dict[str, float]:
    return {"credits": int(credits) if credits == int(credits) else credits}
