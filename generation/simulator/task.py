"""One task: what it has to make, and what Runway's API says of it at a moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from generation.simulator import prompt_directives
from generation.simulator.prompt_directives import PromptDirectives

# a task is PENDING for this share of its time, but no longer than these seconds
PENDING_SHARE, MAX_PENDING_SECONDS = 0.15, 1.0
# `progress` of a task whose time is over while its output is still being rendered
PROGRESS_WHILE_LATE = 0.99

# `failure` by the beginning of the failureCode; the codes: https://docs.dev.runwayml.com/errors/task-failures
FAILURES = {
    "SAFETY.INPUT": "The input was flagged by content moderation.",
    "SAFETY.OUTPUT": "The output was flagged by content moderation.",
    "INPUT_PREPROCESSING.SAFETY": "The provider's content moderation blocked the input.",
    "ASSET.INVALID": "The asset could not be used.",
    "THIRD_PARTY": "The provider of the model could not take the request.",
}
OTHER_FAILURE = "An unexpected error occurred."
# Runway keeps the credits of tasks that fail with these codes, and refunds those of all others
CHARGED_FAILURES = ("SAFETY.", "INPUT_PREPROCESSING.SAFETY.TEXT")


@dataclass(frozen=True)
class TaskSpec:
    """What a task has to make, as the journal keeps it: so its fields keep their names, and a new one has a default.

    Width and height are pixels, all times seconds. `clip` is the name of the first output file, `others` are the names
    of the rest; `seconds` is how long the task takes and `link_seconds` how long a link to an output lives.
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
    variant: int = 0

    def __post_init__(self) -> None:
        # JSON in the journal has a list
        object.__setattr__(self, "others", tuple(self.others))

    @property
    def file_names(self) -> list[str]:
        """The names of all output files, in order."""
        return [self.clip, *self.others]

    @cached_property
    def directives(self) -> PromptDirectives:
        """What the prompt asks of the simulator."""
        return prompt_directives.parse_directives(self.prompt)


@dataclass
class Task:
    """A task and its progress. Times are Unix times."""

    spec: TaskSpec
    created_at: float
    started_at: float | None = None
    """None while the concurrency limit holds it back."""
    rendered: bool = False
    render_failed: bool = False
    removed: bool = False
    charged: float = field(init=False)
    """Credits, net of refunds."""

    def __post_init__(self) -> None:
        self.charged = self.spec.credits

    @property
    def ends_at(self) -> float:
        """When its time is over; infinity before it starts."""
        return math.inf if self.started_at is None else self.started_at + self.spec.seconds

    @property
    def failure_code(self) -> str | None:
        """The failureCode with which it ends, "NONE" for a failure without a code; None when it succeeds."""
        return "INTERNAL" if self.render_failed else self.spec.directives.fail

    @property
    def is_refunded(self) -> bool:
        """Whether its end refunds the credits."""
        return self.failure_code is not None and not self.failure_code.startswith(CHARGED_FAILURES)

    def status(self, now: float) -> str:
        """Return Runway's status: THROTTLED, PENDING, RUNNING, SUCCEEDED or FAILED."""
        if self.started_at is None:
            return "THROTTLED"
        if now < self.started_at + self._pending_seconds:
            return "PENDING"
        if now < self.ends_at:
            return "RUNNING"
        if self.failure_code is not None:
            return "FAILED"
        return "SUCCEEDED" if self.rendered else "RUNNING"

    @property
    def _pending_seconds(self) -> float:
        return min(MAX_PENDING_SECONDS, self.spec.seconds * PENDING_SHARE)

    def progress(self, now: float) -> float:
        """Return the share of its running time that is over, 0 to `PROGRESS_WHILE_LATE`."""
        running_at = (self.started_at or 0) + self._pending_seconds
        return min(round((now - running_at) / (self.spec.seconds - self._pending_seconds), 2), PROGRESS_WHILE_LATE)

    def as_dict(self, now: float, link: Callable[[str], str]) -> dict[str, Any]:
        """Return the body of GET /v1/tasks/{id}, which has other keys in each status.

        `link` returns the address of an output by its file name. The shape is that of the SDK's
        `types/task_retrieve_response.py`.
        """
        status = self.status(now)
        body: dict[str, Any] = {"id": self.spec.id, "status": status, "createdAt": iso_time(self.created_at)}
        if status in ("PENDING", "THROTTLED", "RUNNING"):
            body["estimatedCost"] = cost(self.spec.credits)
        else:
            body["cost"] = {"credits": math.ceil(self.charged)}
        if status == "RUNNING":
            body["progress"] = self.progress(now)
        elif status == "SUCCEEDED":
            body["output"] = [link(name) for name in self.spec.file_names]
        elif status == "FAILED":
            body |= self._failure()
        return body

    def _failure(self) -> dict[str, str]:
        code = self.failure_code or prompt_directives.NO_CODE
        text = next((text for prefix, text in FAILURES.items() if code.startswith(prefix)), OTHER_FAILURE)
        return {"failure": text} if code == prompt_directives.NO_CODE else {"failure": text, "failureCode": code}


def cost(credits: float) -> dict[str, float]:
    """Return `{"credits": …}`, whole where it is whole."""
    return {"credits": int(credits) if credits == int(credits) else credits}


def iso_time(unix_time: float) -> str:
    """Return a Unix time as ISO 8601 in UTC with milliseconds and Z, as Runway writes it."""
    return datetime.fromtimestamp(unix_time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
