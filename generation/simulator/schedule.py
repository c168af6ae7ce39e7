"""When each task starts: a fixed number run at once, and the others wait in order.

It is a function of time without timers: `advance` catches up with everything that has happened.
"""

from __future__ import annotations

import heapq
from collections import deque

from generation.simulator.task import Task


class Schedule:
    """The queue of tasks over `slots` concurrent ones. All times are Unix times."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._busy = 0
        self._waiting: deque[Task] = deque()
        # (end, order of start, task); the order decides between equal ends, since tasks do not compare
        self._ends: list[tuple[float, int, Task]] = []
        self._started = 0

    def resize(self, slots: int, now: float) -> None:
        """Change the number of slots; running tasks go on."""
        self.slots = slots
        self._fill(now)

    def add(self, task: Task, now: float) -> None:
        """Start a task, or queue it when no slot is free."""
        self._waiting.append(task)
        self._fill(now)

    def advance(self, now: float) -> list[Task]:
        """Start and end everything that is due, and return the tasks that ended, in order."""
        ended = []
        while self._ends and self._ends[0][0] <= now:
            at, _, task = heapq.heappop(self._ends)
            if not task.removed:
                ended.append(task)
                self._busy -= 1
                self._fill(at)
        return ended

    def remove(self, task: Task, now: float) -> None:
        """Mark a task as removed and give its slot to the next one. Call `advance` first."""
        task.removed = True
        if task.started_at is not None and now < task.ends_at:
            self._busy -= 1
            self._fill(now)

    def _fill(self, now: float) -> None:
        while self._waiting and self._busy < self.slots:
            task = self._waiting.popleft()
            if not task.removed:
                task.started_at = now
                self._busy += 1
                self._started += 1
                heapq.heappush(self._ends, (task.ends_at, self._started, task))
