"""A Runway that behaves as badly as the plan of each take says, over real HTTP, and keeps its own accounts."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from tests.chaos.fault_plan import Ending, TakePlan
from tests.fakes.runway import FakeRunway, Task
from tests.fakes.runway.fake import CREDITS, Operation
from tests.fakes.runway.faults import REJECTED, Fault
from tests.media import unique_clip


class PlannedRunway(FakeRunway):
    """Tasks go on with the time; who sends a prompt that no plan has is a stranger."""

    def __init__(self, plans: Iterable[TakePlan], clip: bytes) -> None:
        super().__init__()
        self.plans = {plan.prompt: plan for plan in plans}
        self._clip = clip
        # by the id of the task
        self.served: dict[str, str] = {}  # the sha256 of its clip
        self.bills: dict[str, int] = {}
        self.cancelled: dict[str, float] = {}
        self.downloads: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        # called once, with the prompt of the next paid request that is answered as it should be, before its answer
        self.on_answer: Callable[[str], None] | None = None
        self._told: dict[str, str] = {}
        self.organization["creditBalance"] = 10**6
        # what stands still must not be able to say that it waited for a place
        self.limit("gen4_turbo", 1000, daily=100_000, used=0)

    def key_of(self, body: dict[str, Any]) -> str:
        prompt = str(body["promptText"])
        if prompt not in self.plans:
            self.ledger.strangers.append(str(body)[:200])
        return prompt

    def choose_fault(self, operation: Operation, task: Task | None, number: int) -> Fault | None:
        if task is None:
            return None
        if task.key not in self.plans:
            return REJECTED
        plan = self.plans[task.key]
        if operation == "poll":
            return plan.polls.get(number)
        planned = {"create": plan.creates, "download": plan.downloads}.get(operation, ())
        fault = planned[number] if number < len(planned) else None
        if operation == "download":
            self.downloads[task.id].append((time.time(), fault.pieces * fault.pause if fault else 0.0))
        return fault

    def accept(self, task: Task, body: dict[str, Any]) -> None:
        plan = self.plans[task.key]
        clip = unique_clip(self._clip, task.id, plan.padding)
        self.outputs[f"{task.id}.mp4"] = clip
        self.served[task.id] = hashlib.sha256(clip).hexdigest()
        # charged when it is accepted, and given back when it fails
        self.bills[task.id] = CREDITS
        if len(self.ledger.entries[task.key].attempts) > len(plan.creates):
            told, self.on_answer = self.on_answer, None
            if told:
                told(task.key)

    def has_output(self, name: str) -> bool:
        return name.removesuffix(".mp4") in self.tasks

    def forget(self, task_id: str | None = None) -> None:
        if task_id:
            self.cancelled[task_id] = time.time()
            # by what was said last: the true Runway goes by the state of the moment, which nobody is told, so that
            # only its usage shows the difference (tests/integration/test_reconciliation.py)
            self.bills[task_id] = CREDITS if self._told.get(task_id) == "RUNNING" else 0
        super().forget(task_id)

    def state_of(self, task: Task) -> dict[str, Any] | None:
        # who cancels goes by what was said last
        self._told[task.id] = str(task.state["status"])
        plan = self.plans[task.key]
        part = (datetime.now(UTC) - task.created_at).total_seconds() / plan.seconds
        if part < 0.2:
            task.state = {"status": "THROTTLED" if plan.number % 5 == 0 else "PENDING"}
        elif part < 1:
            task.state = {"status": "RUNNING", "progress": round(part, 2)}
        elif self._ends_well(task, plan):
            self.bills[task.id] = plan.credits
            self.move(task.id, "SUCCEEDED", **self.success(f"{task.id}.mp4", plan.credits))
        else:
            self.ledger.fault(task.key, f"ending: {plan.ending}")
            self.bills[task.id] = 0
            if plan.ending == Ending.GONE:
                super().forget(task.id)
                return None
            self.fail(task.id, str(plan.ending))
        return task.as_json()

    def _ends_well(self, task: Task, plan: TakePlan) -> bool:
        """A retry of what failed at Runway succeeds."""
        return plan.ending == Ending.CLIP or task.id != self.ledger.entries[task.key].paid[0]
