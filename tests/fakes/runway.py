"""A stand-in for Runway for tests: it answers what a test tells it to, faults among it, and keeps what it was sent.

Not the simulator: that one behaves as Runway does; this one behaves as badly as a test wants.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Fault:
    """What happens to a request instead of an answer."""

    status: int | None = None
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False  # closed without a byte of an answer
    accept_first: bool = False  # the task is made all the same


class StandIn:
    """`tasks` may be changed by a test at any time; `creates` are the bodies of the paid requests."""

    def __init__(self) -> None:
        self.tasks: dict[str, dict[str, Any]] = {}
        self.creates: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str]] = []
        self.faults: dict[str, list[Fault]] = {}
        self.clips: dict[str, bytes] = {}
        self.clip_faults: list[Fault | int] = []  # an int: cut after so many bytes; -1: endless; -2: in drops
        self.resumes = True  # its store takes Range
        self.organization = {
            "tier": {"maxMonthlyCreditSpend": 10000, "models": {}},
            "creditBalance": 5000,
            "usage": {"models": {}},
        }
        self.usage: list[dict[str, Any]] = []
        self.auto: list[dict[str, Any]] = []  # a new task's states, one per question
        self.created = threading.Event()
        self.meanwhile: Callable[[], None] | None = None  # happens once, while a paid request waits for its answer
        self.lock = threading.Lock()
        self.url = ""

    def limit(self, model: str, concurrent: int | None) -> None:
        models: dict[str, Any] = self.organization["tier"]["models"]  # type: ignore[index]
        models[model] = {"maxConcurrentGenerations": concurrent, "maxDailyGenerations": 1000}

    def next(self, method: str, *faults: Fault) -> None:
        self.faults.setdefault(method, []).extend(faults)

    @contextmanager
    def always(self, request: str, fault: Fault) -> Iterator[None]:
        """For every `request` ("GET /v1/…") meanwhile, whoever asks: in a studio several do, and `next` is for one."""
        self.faults[request] = [fault] * 1000
        try:
            yield
        finally:
            del self.faults[request]

    def add_task(self, **state: Any) -> str:
        task_id = str(uuid.uuid4())
        created = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.tasks[task_id] = {"id": task_id, "createdAt": created, "status": "PENDING", **state}
        return task_id

    def output(self, name: str = "clip.mp4") -> str:
        return f"{self.url}/outputs/{name}?_jwt=1"

    def succeed(self, task_id: str, clip: bytes, name: str = "clip.mp4", credits: int = 25) -> None:
        self.clips[name] = clip
        self.tasks[task_id] |= {"status": "SUCCEEDED", "output": [self.output(name)], "cost": {"credits": credits}}

    def create(self, body: dict[str, Any]) -> str:
        with self.lock:
            self.creates.append(body)
            task_id = self.add_task()
            self.tasks[task_id]["script"] = [dict(state) for state in self.auto]
        self.created.set()
        return task_id

    def look(self, task_id: str) -> dict[str, Any] | None:
        task = self.tasks.get(task_id)
        if task is None:
            return None
        script = task.get("script")
        if script:
            task |= script.pop(0)
        return {key: value for key, value in task.items() if key != "script"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    standin: StandIn

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read what was asked from `requests`."""

    def do_POST(self) -> None:
        body = self._body()
        if (happens := self.standin.meanwhile) is not None:
            self.standin.meanwhile = None
            happens()
        if self._fault("POST"):
            return
        if self.path == "/v1/organization/usage":
            self._answer(200, {"results": self.standin.usage, "models": []})
        elif self.path.startswith("/v1/"):
            self._answer(200, {"id": self.standin.create(body), "estimatedCost": {"credits": 25}})

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path.startswith("/outputs/"):
            self._clip(path.removeprefix("/outputs/"))
        elif self._fault("GET"):
            return
        elif path == "/v1/organization":
            self._answer(200, self.standin.organization)
        else:
            task = self.standin.look(path.removeprefix("/v1/tasks/"))
            self._answer(200, task) if task else self._answer(404, {"error": "Could not find Task"})

    def do_DELETE(self) -> None:
        if self._fault("DELETE"):
            return
        found = self.standin.tasks.pop(self.path.removeprefix("/v1/tasks/"), None)
        if found is None:
            self._answer(404, {"error": "Could not find Task"})
            return
        self.send_response(204)
        self.end_headers()

    def _body(self) -> dict[str, Any]:
        found = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert isinstance(found, dict)
        return found

    def _fault(self, method: str) -> bool:
        self.standin.requests.append((method, self.path))
        assert self.headers["Authorization"] == "Bearer key_test"
        assert self.headers["X-Runway-Version"] == "2024-11-06"
        waiting = self.standin.faults.get(f"{method} {self.path}") or self.standin.faults.get(method)
        if not waiting:
            return False
        fault = waiting.pop(0)
        if fault.accept_first:
            self.standin.create({})
        if fault.cut:
            self.close_connection = True
            self.connection.close()
        else:
            self._answer(fault.status or 500, fault.body, fault.headers)
        return True

    def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _endless(self) -> None:
        """Bytes until the other side has had enough, or for some seconds."""
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4")
        self.end_headers()
        self.close_connection = True
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                self.wfile.write(bytes(65536))

    def _clip(self, name: str) -> None:
        self.standin.requests.append(("GET", self.path))
        fault = self.standin.clip_faults.pop(0) if self.standin.clip_faults else None
        clip = self.standin.clips.get(name)
        if isinstance(fault, Fault) or clip is None:
            self._answer(fault.status if isinstance(fault, Fault) and fault.status else 404, {})
            return
        if fault == -1:
            self._endless()
            return
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        start = start if self.standin.resumes else 0
        if start >= len(clip) > 0:
            self._answer(416, {}, {"Content-Range": f"bytes */{len(clip)}"})
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Length", str(len(clip) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(clip) - 1}/{len(clip)}")
        self.end_headers()
        if fault == -2:
            self._in_drops(clip[start:])
            return
        self.wfile.write(clip[start:][:fault] if fault is not None else clip[start:])
        if fault is not None:
            self.close_connection = True

    def _in_drops(self, clip: bytes) -> None:
        """A byte, and a while nothing, until the caller has enough of it."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            for byte in clip:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)


@contextmanager
def standing_in() -> Iterator[StandIn]:
    standin = StandIn()
    handler = type("BoundHandler", (Handler,), {"standin": standin})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    standin.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield standin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
