"""The state of a Runway that a test commands, and its answers; see `tests.fakes.runway`."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from tests.fakes.runway.faults import MP4, Fault
from tests.fakes.runway.ledger import Attempt, Ledger
from tests.fakes.runway.messages import NO_FAULT, Answer, Request
from tests.fakes.runway.tasks import ENDED, Task

KEY, VERSION = "key_test", "2024-11-06"
CREDITS = 25
Operation = Literal["create", "poll", "cancel", "download", "organization", "usage"]


class FakeRunway:
    """Runway's answers, one request at a time, from any thread.

    A test moves its tasks (`move`, `succeed`, `fail`, `forget`), sets what it says of limits and of money (`limit`,
    `organization`, `usage`), makes requests go wrong (`fail_next`, `failing`), and reads what it was sent (`requests`,
    `creates`, `ledger`). Subclasses decide for themselves what goes wrong (`choose_fault`) and how tasks go on
    (`state_of`).
    """

    def __init__(self) -> None:
        self.url = ""
        self.tasks: dict[str, Task] = {}
        self.outputs: dict[str, bytes] = {}
        self.ledger = Ledger()
        self.requests: list[tuple[str, str]] = []
        self.ranges: list[str] = []  # which part of its file each download asked for; empty: all of it
        self.organization: dict[str, Any] = {
            "tier": {"maxMonthlyCreditSpend": 10000, "models": {}},
            "creditBalance": 5000,
            "usage": {"models": {}},
        }
        self.usage: list[dict[str, Any]] = []
        self.during_create: Callable[[], None] | None = None  # happens once, before a paid request is answered
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._lasting: dict[str, Fault] = {}
        self._lock = threading.Lock()

    # What a test commands

    def fail_next(self, operation: Operation, *faults: Fault) -> None:
        """The next requests of this kind go wrong, each in its way."""
        self._faults[operation].extend(faults)

    @contextmanager
    def failing(self, operation: Operation, fault: Fault) -> Iterator[None]:
        """Meanwhile every request of this kind goes wrong, whoever sends it: in a studio several do."""
        self._lasting[operation] = fault
        try:
            yield
        finally:
            del self._lasting[operation]

    def clear_faults(self) -> None:
        self._faults.clear()

    def limit(self, model: str, concurrent: int | None, daily: int = 1000, used: int | None = None) -> None:
        """What one model may have at once and in a day, and how many it has had of these."""
        limits = {"maxConcurrentGenerations": concurrent, "maxDailyGenerations": daily}
        self.organization["tier"]["models"][model] = limits
        if used is not None:
            self.organization["usage"]["models"][model] = {"dailyGenerations": used}

    def add_task(self, **values: Any) -> str:
        """A task of which the studio does not know; its id."""
        task = Task(str(uuid.uuid4()), **values)
        self.tasks[task.id] = task
        return task.id

    def move(self, task_id: str | None, status: str, **more: Any) -> None:
        """Into a state of Runway's, with what else the answer has then."""
        self.tasks[str(task_id)].state = {"status": status, **more}

    def advance(self, task_id: str, status: str, **more: Any) -> None:
        """As `move`, but forwards only: what has ended stays as it is, and what runs waits no more."""
        task = self.tasks.get(task_id)
        now = task.state["status"] if task else "CANCELLED"
        if now not in ENDED and not (now == "RUNNING" and status in ("PENDING", "THROTTLED")):
            self.move(task_id, status, **more)

    def succeed(self, task_id: str | None, content: bytes, name: str = "clip.mp4", credits: int = CREDITS) -> None:
        """It has an output of this content."""
        self.outputs[name] = content
        self.move(task_id, "SUCCEEDED", **self.success(name, credits))

    def success(self, name: str, credits: int = CREDITS) -> dict[str, Any]:
        return {"output": [self.output_url(name)], "cost": {"credits": credits}}

    def output_url(self, name: str) -> str:
        return f"{self.url}/outputs/{name}?_jwt=1"

    def fail(self, task_id: str | None, code: str = "INTERNAL", *, credits: int | None = 0) -> None:
        """`code`: Runway's failureCode. `credits`: None where the answer says nothing of a cost."""
        cost = {} if credits is None else {"cost": {"credits": credits}}
        self.move(task_id, "FAILED", failure="It did not work.", failureCode=code, **cost)

    def forget(self, task_id: str | None = None) -> None:
        """Tasks are gone as if they had never been; without an id, all."""
        with self._lock:
            for each in [task_id] if task_id else list(self.tasks):
                self.tasks.pop(each, None)

    @property
    def creates(self) -> list[dict[str, Any]]:
        """The bodies of the paid requests that were accepted."""
        return self.ledger.accepted

    # What it answers

    def answer(self, request: Request) -> Answer:
        self.requests.append((request.method, request.path))
        if request.path.startswith("/outputs/"):
            return self._download(request)
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        assert request.headers["X-Runway-Version"] == VERSION
        if request.path == "/v1/organization":
            return self._plain("organization", self.organization)
        if request.path == "/v1/organization/usage":
            return self._plain("usage", {"results": self.usage, "models": []})
        if request.method == "POST":
            return self._create(json.loads(request.body))
        return self._about_task(request)

    def choose_fault(self, operation: Operation, task: Task | None, number: int) -> Fault | None:
        """What goes wrong with a request about this task. `number`: how many of its kind there were before it."""
        waiting = self._faults[operation]
        return self._lasting.get(operation) or (waiting.popleft() if waiting else None)

    def key_of(self, body: dict[str, Any]) -> str:
        """Under which the ledger enters a paid request."""
        return str(body.get("promptText", ""))

    def state_of(self, task: Task) -> dict[str, Any] | None:
        """What it says of a task; None: nothing, since it does not know it (any more)."""
        return task.as_json()

    def accept(self, task: Task, body: dict[str, Any]) -> None:
        """Begin to work on a task that is paid."""

    def has_output(self, name: str) -> bool:
        return name in self.outputs

    def _plain(self, operation: Operation, body: dict[str, Any]) -> Answer:
        fault = self._chosen(operation)
        return Answer.instead(fault) if fault.status else Answer.of(body, fault=fault)

    def _chosen(self, operation: Operation, task: Task | None = None, number: int = 0) -> Fault:
        """Note the fault, and wait if it makes the answer late."""
        fault = self.choose_fault(operation, task, number)
        if fault is None:
            return NO_FAULT
        self.ledger.fault(task.key if task else "", f"{operation}: {fault}")
        time.sleep(fault.late)
        return fault

    def _create(self, body: dict[str, Any]) -> Answer:
        happens, self.during_create = self.during_create, None
        if happens is not None:
            happens()
        key = self.key_of(body)
        number, attempt = self.ledger.begin(key, body)
        try:
            return self._answer_create(Task(self.new_id(), key), number, attempt)
        finally:
            attempt.ended = time.time()

    def _answer_create(self, task: Task, number: int, attempt: Attempt) -> Answer:
        fault = self._chosen("create", task, number)
        attempt.fault = fault if fault is not NO_FAULT else None
        if fault.is_accepted:
            with self._lock:
                self.tasks[task.id] = task
            self.accept(task, attempt.body)
            self.ledger.accept(attempt, task.id)
        if fault.status:
            return Answer.instead(fault)
        return Answer.of({"id": task.id, "estimatedCost": {"credits": CREDITS}}, fault=fault)

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def _about_task(self, request: Request) -> Answer:
        task_id = request.path.removeprefix("/v1/tasks/")
        task = self.tasks.get(task_id)
        operation: Operation = "cancel" if request.method == "DELETE" else "poll"
        fault = self._chosen(operation, task, task.polls if task else 0)
        if task and operation == "poll":
            task.polls += 1
        if fault.status:
            return Answer.instead(fault)
        state = self.state_of(task) if task else None
        if state is None:
            return Answer.of({"error": "Could not find Task"}, 404, fault)
        if operation == "poll":
            return Answer.of(state, fault=fault)
        if fault.is_accepted:
            self.forget(task_id)
        return Answer(204, fault=fault)

    def _download(self, request: Request) -> Answer:
        name = request.path.removeprefix("/outputs/")
        self.ranges.append(request.headers.get("Range", ""))
        task = self.tasks.get(name.partition(".")[0])
        fault = self._chosen("download", task, task.downloads if task else 0)
        if task:
            task.downloads += 1
        if fault.status:
            return Answer.instead(fault)
        if not self.has_output(name):
            return Answer.of({"error": "No such output"}, 404)
        return _range(self.outputs[name], request.headers.get("Range", "bytes=0-"), fault)


def _range(content: bytes, wanted: str, fault: Fault) -> Answer:
    start = int(wanted.removeprefix("bytes=").partition("-")[0])
    if start >= len(content) > 0:
        return Answer(416, b"", {"Content-Range": f"bytes */{len(content)}"})
    headers = {"Content-Type": MP4}
    if start:
        headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return Answer(206 if start else 200, content[start:], headers, fault)
