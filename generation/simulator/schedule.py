"""Who runs when: so many tasks at once, the others wait in order. A function of time; there are no timers."""

from __future__ import annotations

import heapq
from collections import deque

from generation.simulator.task import Task


class Schedule:
    def __init__(self, places: int) -> None:
        self.places = places
        self._busy = 0
        self._waiting: deque[Task] = deque()
        self._ends: list[tuple[float, int, Task]] = []
        self._started = 0

    def resize(self, places: int, now: float) -> None:
        self.places = places
        self._fill(now)

    def add(self, task: Task, now: float) -> None:
        self._waiting.append(task)
        self._fill(now)

    def advance(self, now: float) -> list[Task]:
        """Let everything happen that is due; the tasks that came to their end, in order."""
        ended = []
        while self._ends and self._ends[0][0] <= now:
            at, _, task = heapq.heappop(self._ends)
            if not task.removed:
                ended.append(task)
                self._busy -= 1
                self._fill(at)
        return ended

    def remove(self, task: Task, now: float) -> None:
        """Its place is free from now on; call `advance` first."""
        task.removed = True
        if task.started_at is not None and now < task.ends_at:
            self._busy -= 1
            self._fill(now)

    def _fill(self, now: float) -> None:
        while self._waiting and self._busy < self.places:
            task = self._waiting.popleft()
            if not task.removed:
                task.started_at = now
                self._busy += 1
                self._started += 1
                heapq.heappush(self._ends, (task.ends_at, self._started, task))
