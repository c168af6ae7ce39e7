"""The account: its tasks, credits and limits, in memory; the journal restores them after a restart."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from generation.runway import catalog
from generation.simulator.api_errors import ApiError, task_not_found
from generation.simulator.journal import Journal
from generation.simulator.schedule import Schedule
from generation.simulator.task import Task, TaskSpec

DAY = 24 * 3600
# tasks that are older at the start of the process are forgotten; what they cost is not
KEPT_DAYS = 30


@dataclass(frozen=True)
class Limits:
    """Tasks at once, tasks of one model in 24 hours, and credits to spend in all."""

    concurrency: int
    daily: int
    credits: int


class Organization:
    """The account behind the API. Every `now` is a Unix time and may not go backwards.

    Not thread-safe, but for `render_failures`: threads append tasks whose output could not be rendered.
    """

    def __init__(self, limits: Limits, journal: Journal, now: float) -> None:
        self._limits = limits
        self._journal = journal
        self._schedule = Schedule(limits.concurrency)
        self._tasks: dict[str, Task] = {}
        self._created: dict[str, deque[float]] = defaultdict(deque)
        self._spent: dict[date, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.render_failures: deque[Task] = deque()
        for entry in journal.entries():
            self._apply(entry)
        self._record({"at": now, "places": limits.concurrency})
        self._advance(now)
        self._forget(now - KEPT_DAYS * DAY)

    def tasks(self) -> list[Task]:
        """Return all tasks that are not removed, oldest first."""
        return list(self._tasks.values())

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def create(self, spec: TaskSpec, now: float) -> Task:
        """Charge and schedule a new task. Raise ApiError over the daily limit (429) or without the credits (400)."""
        self._advance(now)
        if self._daily_generations(spec.model, now) >= self._limits.daily:
            raise ApiError(429, "Your daily task limit has been reached.")
        if self._balance() < spec.credits:
            raise ApiError(400, "You do not have enough credits to run this task.")
        self._record({"at": now, "created": asdict(spec)})
        return self._tasks[spec.id]

    def find(self, task_id: str, now: float) -> Task:
        """Return a task by its id. Raise ApiError (404) when there is none."""
        self._advance(now)
        if task_id not in self._tasks:
            raise task_not_found()
        return self._tasks[task_id]

    def remove(self, task_id: str, now: float) -> None:
        """Cancel an unfinished task, or forget a finished one. Raise ApiError (404) when there is none."""
        self.find(task_id, now)
        self._record({"at": now, "removed": task_id})

    def as_dict(self, now: float) -> dict[str, Any]:
        """Return the body of GET /v1/organization."""
        self._advance(now)
        names = sorted({model.name for kind in catalog.kinds() for model in catalog.models(kind)})
        limits = {
            "maxConcurrentGenerations": self._limits.concurrency,
            "maxDailyGenerations": self._limits.daily,
        }
        return {
            "tier": {"maxMonthlyCreditSpend": self._limits.credits, "models": dict.fromkeys(names, limits)},
            "creditBalance": math.floor(self._balance()),
            "usage": {"models": {name: {"dailyGenerations": self._daily_generations(name, now)} for name in names}},
        }

    def usage(self, start: date, before: date, now: float) -> dict[str, Any]:
        """Return the body of POST /v1/organization/usage: the UTC days on which credits moved.

        An amount is negative on a day with more refunds than charges.
        """
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
        # on disk first, so that a crash cannot lose what was answered
        self._journal.write(entry)
        self._apply(entry)

    def _apply(self, entry: dict[str, Any]) -> None:
        """Apply one event, whether it happens now or is read back from the journal."""
        at = entry["at"]
        self._advance(at)
        if "created" in entry:
            self._add(Task(TaskSpec(**entry["created"]), at))
        elif "places" in entry:
            self._schedule.resize(entry["places"], at)
        elif entry["removed"] in self._tasks:
            self._remove(self._tasks.pop(entry["removed"]), at)

    def _add(self, task: Task) -> None:
        self._tasks[task.spec.id] = task
        self._created[task.spec.model].append(task.created_at)
        self._charge(task, task.spec.credits, task.created_at)
        self._schedule.add(task, task.created_at)

    def _remove(self, task: Task, at: float) -> None:
        # Runway refunds a cancelled task only while it has not begun to run
        if task.status(at) in ("PENDING", "THROTTLED"):
            self._refund(task, at)
        self._schedule.remove(task, at)

    def _advance(self, now: float) -> None:
        for task in self._schedule.advance(now):
            if task.is_refunded:
                self._refund(task, task.ends_at)
        while self.render_failures:
            task = self.render_failures.popleft()
            task.render_failed = True
            if task.ends_at <= now and not task.removed:
                self._refund(task, now)

    def _charge(self, task: Task, credits: float, at: float) -> None:
        self._spent[datetime.fromtimestamp(at, UTC).date()][task.spec.model] += credits

    def _refund(self, task: Task, at: float) -> None:
        self._charge(task, -task.charged, at)
        task.charged = 0

    def _balance(self) -> float:
        return self._limits.credits - sum(sum(models.values()) for models in self._spent.values())

    def _daily_generations(self, model: str, now: float) -> int:
        """Return how many tasks of a model were created in the last 24 hours."""
        created = self._created[model]
        while created and created[0] <= now - DAY:
            created.popleft()
        return len(created)

    def _forget(self, before: float) -> None:
        self._tasks = {key: task for key, task in self._tasks.items() if task.created_at >= before}
