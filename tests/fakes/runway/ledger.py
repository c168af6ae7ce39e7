"""What Runway has been asked for and has accepted; kept by the test, so that it survives whatever dies."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.runway.faults import Fault


@dataclass
class Attempt:
    """One paid request as Runway saw it. Times are seconds since 1970."""

    body: dict[str, Any]
    began: float
    ended: float = 0.0
    fault: Fault | None = None
    task_id: str = ""  # it was accepted, and is paid


@dataclass
class Entry:
    """All paid requests for one thing, such as a take, and what went wrong with it: when, and what."""

    attempts: list[Attempt] = field(default_factory=list)
    faults: list[tuple[float, str]] = field(default_factory=list)

    @property
    def paid(self) -> list[str]:
        """Ids of the tasks; two are one too many."""
        return [attempt.task_id for attempt in self.attempts if attempt.task_id]


class Ledger:
    """Entries by a key that the test chooses."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accepted: list[Attempt] = []
        self.entries: defaultdict[str, Entry] = defaultdict(Entry)
        self.strangers: list[str] = []  # paid requests that are none of the test's

    def begin(self, key: str, body: dict[str, Any]) -> tuple[int, Attempt]:
        """The number of the attempt for this key, from 0, and the attempt."""
        with self._lock:
            attempts = self.entries[key].attempts
            attempts.append(Attempt(body, time.time()))
            return len(attempts) - 1, attempts[-1]

    def accept(self, attempt: Attempt, task_id: str) -> None:
        with self._lock:
            attempt.task_id = task_id
            self._accepted.append(attempt)

    def fault(self, key: str, what: str) -> None:
        with self._lock:
            self.entries[key].faults.append((time.time(), what))

    @property
    def accepted(self) -> list[dict[str, Any]]:
        """The bodies of all paid requests that were accepted, in their order."""
        with self._lock:
            return [attempt.body for attempt in self._accepted]

    def paid_twice(self) -> list[str]:
        return [key for key, entry in self.entries.items() if len(entry.paid) > 1]

    def faults_by_kind(self) -> Counter[str]:
        return Counter(what for entry in self.entries.values() for _, what in entry.faults)
