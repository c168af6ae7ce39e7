"""The Runway of the model of a job's life: in memory, with an account of what each job has paid."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from tests.fakes.runway import FakeRunway, Fault, Task
from tests.media import unique_clip

URL = "http://runway.test"


class MachineRunway(FakeRunway):
    """`sending`: the jobs whose paid requests are out, the innermost last; `proven`: whose task's id is in the journal.

    Each task has a clip of its own, and each request may go wrong in the way that was drawn for its kind.
    """

    def __init__(self, clip: bytes) -> None:
        super().__init__()
        self.url = URL
        self.organization["creditBalance"] = 10**6
        self.sending: list[str] = []
        self.proven: set[str] = set()
        self._clip = clip
        self._numbers = itertools.count(1)

    def draw_faults(self, create: Fault | None, read: tuple[Fault, Fault] | None) -> None:
        """`read`: of the next question about a task, and of the next download."""
        self.clear_faults()
        if create:
            self.fail_next("create", create)
        if read:
            self.fail_next("poll", read[0])
            self.fail_next("download", read[1])

    def key_of(self, body: dict[str, Any]) -> str:
        assert body["promptImage"].startswith("data:image/")
        return self.sending[-1]

    def new_id(self) -> str:
        return str(uuid.UUID(int=next(self._numbers), version=4))

    def accept(self, task: Task, body: dict[str, Any]) -> None:
        self.outputs[f"{task.id}.mp4"] = unique_clip(self._clip, task.id)

    def has_output(self, name: str) -> bool:
        return name.removesuffix(".mp4") in self.tasks

    def paid_by(self, job: str) -> list[str]:
        """Its tasks; two are one too many."""
        return self.ledger.entries[job].paid

    def reach(self, task_id: str, status: str) -> None:
        """As Runway's own tasks go on: forwards, with what their answers have then."""
        more = {
            "SUCCEEDED": self.success(f"{task_id}.mp4"),
            "RUNNING": {"progress": 0.4},
            "FAILED": {"failure": "It did not work.", "failureCode": "INTERNAL", "cost": {"credits": 0}},
        }
        self.advance(task_id, status, **more.get(status, {}))
