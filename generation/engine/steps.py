"""The steps of the queues: which function RQ runs for a queue, and which rows are overdue for it.

An app above this one registers its own queue in AppConfig.ready(). Both are named by their paths, and imported when
they are needed first: models are not loaded before.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, cast

from django.utils.module_loading import import_string


class Row(Protocol):
    """What the sweep knows of a row: how often a step of it was tried, since an attempt uses its nudge up."""

    @property
    def pk(self) -> uuid.UUID:
        """Its id, which is the argument of the step."""
        ...

    attempts: int


@dataclass(frozen=True)
class Step:
    """The work of one queue."""

    function: str
    """The path of the function with an entry's ids as arguments."""
    overdue: str = ""
    """The path of a function that returns the rows whose step is overdue and that nobody has claimed."""


_STEPS: dict[str, Step] = {
    "submit": Step("generation.tasks.submit", "generation.engine.overdue.to_submit"),
    "collect": Step("generation.tasks.collect", "generation.engine.overdue.to_collect"),
    "check": Step("generation.tasks.check", "generation.engine.overdue.to_check"),
    "poll": Step("generation.tasks.poll"),
    "webhook": Step("generation.tasks.webhook", "generation.engine.overdue.to_tell"),
}


def register(queue: str, step: Step) -> None:
    """Let RQ's queue of that name do a step. The settings must have the queue, and the studio a worker for it."""
    _STEPS[queue] = step


def function_of(queue: str) -> str:
    """Return the path of the function that RQ runs."""
    return _STEPS[queue].function


def functions() -> set[str]:
    """Return the paths of all functions that an entry may name."""
    return {step.function for step in _STEPS.values()}


def run(queue: str, row_id: str) -> None:
    """Do the step of a row here, as RQ would."""
    cast(Callable[[str], None], import_string(_STEPS[queue].function))(row_id)


def queues_with_overdue() -> list[str]:
    """Return the queues whose rows may be overdue."""
    return [queue for queue, step in _STEPS.items() if step.overdue]


def overdue(queue: str) -> Iterable[Row]:
    """Return the rows whose step is overdue; none for a queue without rows."""
    path = _STEPS[queue].overdue if queue in _STEPS else ""
    return cast(Callable[[], Iterable[Row]], import_string(path))() if path else ()
