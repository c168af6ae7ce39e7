"""The outside of the engine in memory, for the model of its states: Runway with its ledger, and deaths of the process.

What the engine reaches the outside with is caught at its edge (HTTP's adapter, the database's cursor, the flushes and
renames of files). There a process may die; whatever it tries after its death has no effect.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
import struct
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import urllib3
from django.db import connection
from requests.adapters import HTTPAdapter

URL = "http://runway.test"
CREDITS = 25
ACCEPTED = ("ok", "cut after", "502")
ANSWERS = {"ok": 200, "502": 502, "500": 500, "503": 503, "429": 429, "400": 400, "no credits": 400}
WORDS = {"no credits": "You do not have enough credits to run this task."}
# of these the sender cannot know whether they were accepted
UNKNOWN = ("cut before", "cut after", "502", "500")
ORGANIZATION = {"tier": {"models": {}}, "creditBalance": 10**6, "usage": {"models": {}}}


class Death(BaseException):
    """kill -9."""


class Fate:
    """How many more times the process reaches the outside; None: it lives."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.dead = False

    def ask(self) -> None:
        if self.left == 0:
            self.dead = True
        if self.dead:
            raise Death
        if self.left is not None:
            self.left -= 1

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """What another process does meanwhile."""
        left, self.left = self.left, None
        yield
        self.left = left


@dataclass
class RunwayTask:
    id: str
    clip: bytes
    state: dict[str, Any] = field(default_factory=lambda: {"status": "PENDING"})


class MemoryRunway:
    """`answer`: to the next create; `fault`: of the next question or download; `meanwhile`: during one of the next
    requests, after `requests_before` others."""

    def __init__(self, fate: Fate, clip: bytes) -> None:
        self.fate = fate
        self.clip = clip
        self.tasks: dict[str, RunwayTask] = {}
        self.paid: defaultdict[str, list[str]] = defaultdict(list)  # by the job that was being sent
        self.served: dict[str, str] = {}  # sha256 of a task's clip
        self.sending: list[str] = []
        self.answer = "ok"
        self.fault = ""
        self.meanwhile: Callable[[], None] | None = None
        self.requests_before = 0
        self.proven: set[str] = set()  # jobs whose task's id has reached the journal
        self._numbers = itertools.count(1)

    def send(self, adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        assert not connection.in_atomic_block, "no request within a transaction: it would hold up everybody"
        self.fate.ask()
        status, body, headers = self._handle(request)
        self._let_others_act()
        self.fate.ask()
        if status == 0:
            raise requests.ReadTimeout
        raw = urllib3.HTTPResponse(io.BytesIO(body), headers, status, preload_content=False)
        return adapter.build_response(request, raw)

    def _let_others_act(self) -> None:
        self.requests_before -= 1
        if self.requests_before < 0 and self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            with self.fate.suspended():
                happens()

    def _handle(self, request: requests.PreparedRequest) -> tuple[int, bytes, dict[str, str]]:
        path = str(request.url).removeprefix(URL).split("?")[0]
        if path == "/v1/organization":
            return _json(200, ORGANIZATION)
        if request.method == "POST":
            return self._create(b"".join(request.body))  # type: ignore[arg-type]
        fault, self.fault = self.fault, ""
        task = self.tasks.get(path.rpartition("/")[2])
        if path.startswith("/outputs/"):
            return self._output(task, fault, str(request.headers.get("Range", "")))
        if fault:
            return _json(500, {"error": "Not now"})
        if task is None:
            return _json(404, {"error": "Could not find Task"})
        if request.method == "DELETE":
            del self.tasks[task.id]
            return 204, b"", {}
        return _json(200, {"id": task.id, **task.state})

    def _create(self, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        assert json.loads(body)["promptImage"].startswith("data:image/")
        answer, self.answer = self.answer, "ok"
        task_id = self._accept() if answer in ACCEPTED else ""
        if answer in ("cut before", "cut after"):
            return 0, b"", {}
        said = {"id": task_id, "estimatedCost": {"credits": CREDITS}} if answer == "ok" else {}
        return _json(ANSWERS[answer], said or {"error": WORDS.get(answer, answer)})

    def _accept(self) -> str:
        number = next(self._numbers)
        task_id = str(uuid.UUID(int=number, version=4))
        # a part of an MP4 that players skip: it makes each clip another file
        clip = self.clip + struct.pack(">I4sI", 12, b"free", number)
        self.tasks[task_id] = RunwayTask(task_id, clip)
        self.served[task_id] = hashlib.sha256(clip).hexdigest()
        self.paid[self.sending[-1]].append(task_id)
        return task_id

    def _output(self, task: RunwayTask | None, fault: str, asked: str) -> tuple[int, bytes, dict[str, str]]:
        if task is None or fault == "expired":
            return _json(403, {"error": "The link has expired"})
        if fault == "page":
            return 200, b"<html>", {"Content-Length": "6"}
        start = int(asked.removeprefix("bytes=").rstrip("-") or 0)
        if start >= len(task.clip):
            return 416, b"", {"Content-Range": f"bytes */{len(task.clip)}"}
        rest = task.clip[start:]
        headers = {"Content-Length": str(len(rest))}
        return (206 if start else 200), rest[: len(rest) // 2] if fault == "cut" else rest, headers

    def move(self, task_id: str, state: str) -> None:
        """On its way only forwards: what has ended stays as it is."""
        task = self.tasks.get(task_id)
        if task is None or task.state["status"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
            return
        if task.state["status"] == "RUNNING" and state in ("PENDING", "THROTTLED"):
            return
        task.state = {"status": state}
        if state == "SUCCEEDED":
            task.state |= {"output": [f"{URL}/outputs/{task_id}"], "cost": {"credits": CREDITS}}
        elif state == "RUNNING":
            task.state |= {"progress": 0.4}
        elif state == "FAILED":
            task.state |= {"failure": "It did not work.", "failureCode": "INTERNAL", "cost": {"credits": 0}}


def _json(status: int, body: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
    return status, json.dumps(body).encode(), {"Content-Type": "application/json"}


def at_the_edge(patch: pytest.MonkeyPatch, fate: Fate, runway: Callable[[], MemoryRunway]) -> None:
    """Requests go to the memory's Runway; a process can die at each of them, at each flush and each renaming."""

    def send(adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        return runway().send(adapter, request, **options)

    def pwrite(*args: Any) -> int:
        """Only the journal writes in this way."""
        fate.ask()
        written = write(*args)
        runway().proven.add(runway().sending[-1])
        return written

    write = os.pwrite
    patch.setattr(os, "pwrite", pwrite)
    patch.setattr(HTTPAdapter, "send", send)
    for name in ("fsync", "link", "unlink", "replace"):
        patch.setattr(os, name, _mortal(getattr(os, name), fate, real=name != "fsync"))


def _mortal(call: Callable[..., Any], fate: Fate, *, real: bool) -> Callable[..., Any]:
    def mortal(*args: Any, **options: Any) -> Any:
        fate.ask()
        return call(*args, **options) if real else None

    return mortal
