"""A Runway that behaves as badly as the plan of each take says, over real HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tests.chaos.fault_plan import Ending, TakePlan
from tests.fakes.runway import FakeRunway, Task
from tests.fakes.runway.fake import Operation
from tests.fakes.runway.faults import REJECTED, Fault
from tests.media import unique_clip


class PlannedRunway(FakeRunway):
    """Tasks go on with the time; who sends a prompt that no plan has is a stranger."""

    def __init__(self, plans: Iterable[TakePlan], clip: bytes) -> None:
        super().__init__()
        self.plans = {plan.prompt: plan for plan in plans}
        self._clip = clip
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
        return planned[number] if number < len(planned) else None

    def accept(self, task: Task, body: dict[str, Any]) -> None:
        clip = unique_clip(self._clip, task.id, self.plans[task.key].padding)
        self.outputs[f"{task.id}.mp4"] = clip
        self.ledger.entries[task.key].served = hashlib.sha256(clip).hexdigest()

    def has_output(self, name: str) -> bool:
        return name.removesuffix(".mp4") in self.tasks

    def state_of(self, task: Task) -> dict[str, Any] | None:
        plan = self.plans[task.key]
        part = (datetime.now(UTC) - task.created_at).total_seconds() / plan.seconds
        if part < 0.2:
            task.state = {"status": "THROTTLED" if plan.number % 5 == 0 else "PENDING"}
        elif part < 1:
            task.state = {"status": "RUNNING", "progress": round(part, 2)}
        elif plan.ending == Ending.CLIP:
            self.move(task.id, "SUCCEEDED", **self.success(f"{task.id}.mp4"))
        else:
            self.ledger.fault(task.key, f"ending: {plan.ending}")
            if plan.ending == Ending.GONE:
                self.forget(task.id)
                return None
            self.fail(task.id, str(plan.ending))
        return task.as_json()
