"""What Runway has really seen and done; kept by the test, so that it survives whatever happens to the studio."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from tests.chaos.fault_plan import AMBIGUOUS, Create


@dataclass
class Attempt:
    """One paid request as Runway saw it. Times are seconds since 1970."""

    began: float
    ended: float = 0.0
    fault: Create | None = None
    task_id: str = ""  # it was accepted, and is paid

    @property
    def is_ambiguous(self) -> bool:
        return self.fault in AMBIGUOUS


@dataclass
class Take:
    """All that Runway knows of one take."""

    attempts: list[Attempt] = field(default_factory=list)
    served: str = ""  # the sha256 of its clip
    faults: list[tuple[float, str]] = field(default_factory=list)

    @property
    def paid(self) -> list[str]:
        return [attempt.task_id for attempt in self.attempts if attempt.task_id]


class Ledger:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.takes: defaultdict[str, Take] = defaultdict(Take)
        self.strangers: list[str] = []  # requests that are none of ours

    def begin(self, prompt: str) -> tuple[int, Attempt]:
        """The number of the attempt for this take, from 0, and the attempt."""
        with self._lock:
            attempts = self.takes[prompt].attempts
            attempts.append(Attempt(time.time()))
            return len(attempts) - 1, attempts[-1]

    def accept(self, prompt: str, attempt: Attempt, task_id: str, sha256: str) -> None:
        with self._lock:
            attempt.task_id = task_id
            self.takes[prompt].served = sha256

    def fault(self, prompt: str, what: str) -> None:
        with self._lock:
            self.takes[prompt].faults.append((time.time(), what))

    def paid_requests(self) -> int:
        return sum(len(take.paid) for take in self.takes.values())

    def paid_twice(self) -> list[str]:
        return [prompt for prompt, take in self.takes.items() if len(take.paid) > 1]

    def faults_by_kind(self) -> dict[str, int]:
        found: defaultdict[str, int] = defaultdict(int)
        for take in self.takes.values():
            for _, what in take.faults:
                found[what] += 1
        return dict(found)
