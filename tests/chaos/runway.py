"""A Runway with faults: its calls, its tasks and its clips over real HTTP, each as badly as the plan says."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import socket
import struct
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.chaos.fault_plan import PAID, Create, Download, Ending, Poll, TakePlan
from tests.chaos.ledger import Attempt, Ledger

PAGE = b"<html><body>Bad day</body></html>"
LATE_SECONDS = 2.5
CREDITS = 25


@dataclass
class Task:
    id: str
    plan: TakePlan
    made_at: float
    clip: bytes
    questions: int = 0
    downloads: int = 0
    links: int = 0

    def part(self) -> float:
        """Of its life, 0–1."""
        return min((time.time() - self.made_at) / self.plan.seconds, 1.0)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers are killed all the time."""


class Runway:
    """`with Runway(plans, clip, ledger) as runway:`; `away()` refuses connections for a while."""

    def __init__(self, plans: Iterable[TakePlan], clip: bytes, ledger: Ledger) -> None:
        self.plans = {plan.prompt: plan for plan in plans}
        self.ledger = ledger
        self.tasks: dict[str, Task] = {}
        self._clip = clip
        self._lock = threading.Lock()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Runway:
        self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _begin(self) -> None:
        self._server = Server(("127.0.0.1", self._port), type("Bound", (Handler,), {"runway": self}))
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def _end(self) -> None:
        self._server.shutdown()
        self._server.socket.close()
        self._thread.join()

    def away(self, seconds: float) -> None:
        """Nobody listens; what is under way comes to its end."""
        self._end()
        time.sleep(seconds)
        self._begin()

    def accept(self, plan: TakePlan, attempt: Attempt) -> Task:
        task_id = str(uuid.uuid4())
        clip = self._clip + _free_box(task_id, plan.padding)
        task = Task(task_id, plan, time.time(), clip)
        with self._lock:
            self.tasks[task_id] = task
        self.ledger.accept(plan.prompt, attempt, task_id, hashlib.sha256(clip).hexdigest())
        return task

    def gone(self, task_id: str) -> None:
        with self._lock:
            self.tasks.pop(task_id, None)

    def link(self, task: Task) -> str:
        task.links += 1
        return f"{self.url}/outputs/{task.id}.mp4?_jwt={task.links}"


def _free_box(task_id: str, size: int) -> bytes:
    """A part of an MP4 that players skip: it makes each clip another file."""
    data = random.Random(task_id).randbytes(size)
    return struct.pack(">I4s", len(data) + 8, b"free") + data


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    runway: Runway

    def log_message(self, format: str, *args: Any) -> None:
        """The ledger tells what happened."""

    def do_POST(self) -> None:
        if self.path == "/v1/image_to_video":
            self._create()
        else:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(200, {"results": [], "models": []})

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path.startswith("/outputs/"):
            self._output(path.removeprefix("/outputs/").removesuffix(".mp4"))
        elif path == "/v1/organization":
            self._answer(200, _organization())
        else:
            self._task(path.removeprefix("/v1/tasks/"))

    def do_DELETE(self) -> None:
        self.runway.gone(self.path.removeprefix("/v1/tasks/"))
        self.send_response(204)
        self.end_headers()

    def _create(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:  # its sender died: Runway has no request
            return
        plan = self.runway.plans.get(json.loads(body)["promptText"])
        if plan is None:
            self.runway.ledger.strangers.append(body[:200].decode(errors="replace"))
            self._answer(400, {"error": "A stranger"})
            return
        number, attempt = self.runway.ledger.begin(plan.prompt)
        try:
            self._answer_create(plan, attempt, plan.creates[number] if number < len(plan.creates) else None)
        finally:
            attempt.ended = time.time()

    def _answer_create(self, plan: TakePlan, attempt: Attempt, fault: Create | None) -> None:
        if fault is not None:
            attempt.fault = fault
            self.runway.ledger.fault(plan.prompt, f"create: {fault}")
        if fault is not None and fault not in PAID:
            self._refuse(fault)
            return
        task = self.runway.accept(plan, attempt)
        answer = {"id": task.id, "estimatedCost": {"credits": CREDITS}}
        if fault == Create.CUT_AFTER:
            self._cut()
        elif fault == Create.CUT_IN_ANSWER:
            self._answer(200, answer, cut=True)
        elif fault in (Create.BAD_GATEWAY, Create.GATEWAY_TIMEOUT):
            self._answer(502 if fault == Create.BAD_GATEWAY else 504, {"error": "A gateway's bad day"})
        else:
            if fault == Create.SLOW:
                time.sleep(LATE_SECONDS)
            self._answer(200, answer)

    def _refuse(self, fault: Create) -> None:
        statuses = {Create.BUSY: 503, Create.TOO_MANY: 429, Create.SERVER_ERROR: 500, Create.REJECTED: 400}
        if fault in statuses:
            self._answer(statuses[fault], {"error": f"Not accepted: {fault}"}, {"Retry-After": "2"})
        else:
            self._cut()

    def _task(self, task_id: str) -> None:
        task = self.runway.tasks.get(task_id)
        if task is None:
            self._answer(404, {"error": "Could not find Task"})
            return
        fault = task.plan.polls.get(task.questions)
        task.questions += 1
        if fault is not None:
            self.runway.ledger.fault(task.plan.prompt, f"poll: {fault}")
        if fault == Poll.SLOW:
            time.sleep(LATE_SECONDS)
        elif fault is not None:
            self._refuse_poll(fault)
            return
        if task.part() >= 1 and task.plan.ending == Ending.GONE:
            self.runway.ledger.fault(task.plan.prompt, "ending: task_gone")
            self.runway.gone(task_id)
            self._answer(404, {"error": "Could not find Task"})
            return
        self._answer(200, self._state(task))

    def _refuse_poll(self, fault: Poll) -> None:
        if fault == Poll.CUT:
            self._cut()
        elif fault == Poll.NO_JSON:
            self._send(200, PAGE, {"Content-Type": "text/html"})
        else:
            self._answer(503 if fault == Poll.UNAVAILABLE else 500, {"error": "Not now"}, {"Retry-After": "1"})

    def _state(self, task: Task) -> dict[str, Any]:
        created = datetime.fromtimestamp(task.made_at, UTC).isoformat(timespec="milliseconds")
        body: dict[str, Any] = {"id": task.id, "createdAt": created.replace("+00:00", "Z")}
        part = task.part()
        if part < 0.2:
            return body | {"status": "THROTTLED" if task.plan.number % 5 == 0 else "PENDING"}
        if part < 1:
            return body | {"status": "RUNNING", "progress": round(part, 2)}
        if task.plan.ending == Ending.CLIP:
            return body | {"status": "SUCCEEDED", "output": [self.runway.link(task)], "cost": {"credits": CREDITS}}
        self.runway.ledger.fault(task.plan.prompt, f"ending: {task.plan.ending}")
        failure = {"failure": "It did not work.", "failureCode": str(task.plan.ending)}
        return body | {"status": "FAILED", "cost": {"credits": 0}} | failure

    def _output(self, task_id: str) -> None:
        task = self.runway.tasks.get(task_id)
        if task is None:
            self._answer(404, {"error": "No such output"})
            return
        faults = task.plan.downloads
        fault = faults[task.downloads] if task.downloads < len(faults) else None
        task.downloads += 1
        if fault is not None:
            self.runway.ledger.fault(task.plan.prompt, f"download: {fault}")
        if fault in (Download.EXPIRED, Download.SERVER_ERROR):
            self._answer(403 if fault == Download.EXPIRED else 500, {"error": "Not this way"})
        else:
            self._send_clip(PAGE if fault == Download.PAGE else task.clip, fault)

    def _send_clip(self, clip: bytes, fault: Download | None) -> None:
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        if start >= len(clip):
            self._send(416, b"", {"Content-Range": f"bytes */{len(clip)}"})
            return
        headers = {"Content-Type": "video/mp4", "Content-Length": str(len(clip) - start)}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(clip) - 1}/{len(clip)}"
        self._head(206 if start else 200, headers)
        rest = clip[start:]
        for piece in _pieces(rest, 8 if fault == Download.SLOW else 1):
            self.wfile.write(piece[: len(piece) // 2] if fault == Download.CUT else piece)
            if fault == Download.SLOW:
                time.sleep(LATE_SECONDS / 8)
        if fault == Download.CUT:
            self._cut()

    def _answer(
        self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None, *, cut: bool = False
    ) -> None:
        data = json.dumps(body).encode()
        self._head(status, {"Content-Type": "application/json", "Content-Length": str(len(data))} | (headers or {}))
        self.wfile.write(data[: len(data) // 2] if cut else data)
        if cut:
            self._cut()

    def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self._head(status, {"Content-Length": str(len(data))} | headers)
        self.wfile.write(data)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _cut(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _pieces(data: bytes, count: int) -> Iterator[bytes]:
    size = max(len(data) // count, 1)
    for start in range(0, len(data), size):
        yield data[start : start + size]


def _organization() -> dict[str, Any]:
    """Limits that hold up nobody: what stands still must not be able to say that it waited for a place."""
    limits = {"maxConcurrentGenerations": 1000, "maxDailyGenerations": 100_000}
    return {
        "tier": {"maxMonthlyCreditSpend": 10**6, "models": {"gen4_turbo": limits}},
        "creditBalance": 10**6,
        "usage": {"models": {"gen4_turbo": {"dailyGenerations": 0}}},
    }
