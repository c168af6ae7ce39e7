"""The engine's queue without Redis: entries are kept, and nobody works them off."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis.exceptions

from generation.engine import queues


@dataclass
class MemoryQueue:
    """In the place of `django_rq` within `generation.engine.queues`.

    `go_away` makes it fail as a Redis that cannot be reached does. `waiting` has the arguments of a queue's entries.
    """

    entries: defaultdict[str, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))
    is_away: bool = False

    @classmethod
    def install(cls, patch: pytest.MonkeyPatch) -> MemoryQueue:
        queue = cls()
        patch.setattr(queues, "django_rq", queue)
        return queue

    def go_away(self) -> None:
        self.is_away = True

    def waiting(self, name: str) -> list[tuple[str, ...]]:
        return self.entries[name]

    # what the engine calls

    def get_queue(self, name: str) -> NamedQueue:
        return NamedQueue(self, name)

    def get_connection(self, name: str) -> MemoryQueue:
        return self

    def ping(self) -> bool:
        if self.is_away:
            raise redis.exceptions.ConnectionError("Connection refused.")
        return True


@dataclass(frozen=True)
class NamedQueue:
    queue: MemoryQueue
    name: str

    def enqueue(self, function: str, *arguments: str, **options: Any) -> None:
        self.queue.ping()
        self.queue.entries[self.name].append(arguments)

    @property
    def count(self) -> int:
        self.queue.ping()
        return len(self.queue.entries[self.name])
