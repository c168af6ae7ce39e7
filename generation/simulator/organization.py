"""The account: its tasks, its credits, its limits. It is all in memory; the journal brings it back after a restart."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from generation.runway import catalog
from generation.simulator.journal import Journal
from generation.simulator.refusals import Refused, no_such_task
from generation.simulator.schedule import Schedule
from generation.simulator.task import Order, Task

DAY = 24 * 3600
# for so long a task can be asked for
KEPT_DAYS = 30


@dataclass(frozen=True)
class Limits:
    concurrency: int
    daily: int
    credits: int


class Organization:
    def __init__(self, limits: Limits, journal: Journal, now: float) -> None:
        self._limits = limits
        self._journal = journal
        self._schedule = Schedule(limits.concurrency)
        self._tasks: dict[str, Task] = {}
        self._created: dict[str, deque[float]] = defaultdict(deque)
        self._spent: dict[date, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        # tasks whose clip could not be drawn; filled by the threads that draw
        self.broken: deque[Task] = deque()
        for entry in journal.entries():
            self._apply(entry)
        self._record({"at": now, "places": limits.concurrency})
        self._advance(now)
        self._forget(now - KEPT_DAYS * DAY)

    def tasks(self) -> list[Task]:
        return list(self._tasks.values())

    def close(self) -> None:
        self._journal.close()

    def create(self, order: Order, now: float) -> Task:
        self._advance(now)
        if self._generations(order.model, now) >= self._limits.daily:
            raise Refused(429, "Your daily task limit has been reached.")
        if self._balance() < order.credits:
            raise Refused(400, "You do not have enough credits to run this task.")
        self._record({"at": now, "created": asdict(order)})
        return self._tasks[order.id]

    def find(self, task_id: str, now: float) -> Task:
        self._advance(now)
        if task_id not in self._tasks:
            raise no_such_task()
        return self._tasks[task_id]

    def remove(self, task_id: str, now: float) -> None:
        """Cancel what is not finished, forget what is."""
        self.find(task_id, now)
        self._record({"at": now, "removed": task_id})

    def as_dict(self, now: float) -> dict[str, Any]:
        self._advance(now)
        names = sorted({model.name for kind in catalog.kinds() for model in catalog.models(kind)})
        limits = {
            "maxConcurrentGenerations": self._limits.concurrency,
            "maxDailyGenerations": self._limits.daily,
        }
        return {
            "tier": {"maxMonthlyCreditSpend": self._limits.credits, "models": dict.fromkeys(names, limits)},
            "creditBalance": math.floor(self._balance()),
            "usage": {"models": {name: {"dailyGenerations": self._generations(name, now)} for name in names}},
        }

    def usage(self, start: date, before: date, now: float) -> dict[str, Any]:
        """The days on which credits moved; on a day with more refunds than charges the amount is negative."""
        self._advance(now)
        days = sorted(day for day in self._spent if start <= day < before)
        results = [
            {
                "date": day.isoformat(),
                "usedCredits": [{"model": name, "amount": round(spent)} for name, spent in self._spent[day].items()],
            }
            for day in days
        ]
        return {"results": results, "models": sorted({name for day in days for name in self._spent[day]})}

    def _record(self, entry: dict[str, Any]) -> None:
        self._journal.write(entry)
        self._apply(entry)

    def _apply(self, entry: dict[str, Any]) -> None:
        """One thing that happened, whether just now or before a restart."""
        at = entry["at"]
        self._advance(at)
        if "created" in entry:
            self._add(Task(Order(**entry["created"]), at))
        elif "places" in entry:
            self._schedule.resize(entry["places"], at)
        elif entry["removed"] in self._tasks:
            self._remove(self._tasks.pop(entry["removed"]), at)

    def _add(self, task: Task) -> None:
        self._tasks[task.order.id] = task
        self._created[task.order.model].append(task.created_at)
        self._charge(task, task.order.credits, task.created_at)
        self._schedule.add(task, task.created_at)

    def _remove(self, task: Task, at: float) -> None:
        if task.status(at) in ("PENDING", "THROTTLED"):
            self._refund(task, at)
        self._schedule.remove(task, at)

    def _advance(self, now: float) -> None:
        for task in self._schedule.advance(now):
            if task.refunds:
                self._refund(task, task.ends_at)
        while self.broken:
            task = self.broken.popleft()
            task.broken = True
            if task.ends_at <= now and not task.removed:
                self._refund(task, now)

    def _charge(self, task: Task, credits: float, at: float) -> None:
        self._spent[datetime.fromtimestamp(at, UTC).date()][task.order.model] += credits

    def _refund(self, task: Task, at: float) -> None:
        self._charge(task, -task.charged, at)
        task.charged = 0

    def _balance(self) -> float:
        return self._limits.credits - sum(sum(models.values()) for models in self._spent.values())

    def _generations(self, model: str, now: float) -> int:
        """In the last 24 hours."""
        created = self._created[model]
        while created and created[0] <= now - DAY:
            created.popleft()
        return len(created)

    def _forget(self, before: float) -> None:
        self._tasks = {key: task for key, task in self._tasks.items() if task.created_at >= before}
