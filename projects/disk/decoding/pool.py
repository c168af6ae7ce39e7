"""The decoding processes of this one: started when they are needed, and kept while there is something to do."""

from __future__ import annotations

import atexit
import dataclasses
import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from projects.disk.decoding.limits import Limits
from projects.disk.media_errors import crashing_media, too_demanding
from projects.problems import Problem
from projects.translation import gettext_noop

logger = logging.getLogger("dailies.media")

MAX_PROCESSES = 2
_COMMAND = [sys.executable, "-m", "projects.disk.decoding.process"]
_REPOSITORY_ROOT = Path(__file__).resolve().parent.parent.parent.parent
# of the environment, which has secrets, it gets no more than these
_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONHOME")
# how the kernel ends a process over its CPU limit, and one for which the machine has no memory
_OUT_OF_TIME, _KILLED = -signal.SIGXCPU, -signal.SIGKILL
BUSY = Problem(gettext_noop("The studio is busy with other files. Try again in a moment."), code="busy", status=503)


class Retired(Exception):
    """The process had ended before it read the question."""


class DecodingProcess:
    """One process, which answers one question at a time."""

    def __init__(self, limits: Limits) -> None:
        """Start it."""
        self._limits = limits
        self._process = subprocess.Popen(
            [*_COMMAND, json.dumps(dataclasses.asdict(limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_REPOSITORY_ROOT,
            env={name: os.environ[name] for name in _VARIABLES if name in os.environ},
        )
        self.is_retired = False

    def ask(self, question: bytes) -> tuple[dict[str, Any], bytes]:
        """Return the answer and its bytes. Raise Problem 422 when it dies over the file, Retired before."""
        if self._process.stdin is None or self._process.stdout is None:
            raise Retired
        try:
            self._process.stdin.write(question + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Retired from None
        line = self._process.stdout.readline() if self._has_answer() else b""
        if not line:
            raise self._problem()
        answer: dict[str, Any] = json.loads(line)
        self.is_retired = answer["last"]
        return answer, self._process.stdout.read(answer["bytes"])

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def wait(self, seconds: float) -> int:
        """Wait for its end, and return its exit code. Raise TimeoutExpired."""
        return self._process.wait(seconds)

    def stop(self) -> int:
        """End it, and return its exit code."""
        with suppress(OSError):
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        return self._process.wait()

    def _has_answer(self) -> bool:
        """Wait for the first byte of the answer, or for its end. Not by select(), which knows 1,024 files."""
        poll = select.poll()
        poll.register(self._process.stdout, select.POLLIN | select.POLLHUP)  # type: ignore[arg-type]
        return bool(poll.poll(self._limits.wall_seconds * 1000))

    def _problem(self) -> Exception:
        """Return what it means that it gave no answer."""
        self.is_retired = True
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(0.5)
            if code == 0:
                # nobody had asked for a while
                return Retired()
            if code == _OUT_OF_TIME:
                return too_demanding("time")
            return too_demanding("memory") if code == _KILLED else crashing_media()
        return too_demanding("time")


class Pool:
    """At most `size` processes; who finds all of them busy waits."""

    def __init__(self, size: int = MAX_PROCESSES, limits: Limits | None = None) -> None:
        """Begin without any."""
        self._size = size
        self._limits = limits or Limits()
        self.forget()

    def forget(self) -> None:
        """Begin anew in a fork: the processes belong to the one that was forked."""
        self._room = threading.BoundedSemaphore(self._size)
        self._lock = threading.Lock()
        # kept, so that nobody waits for the children of another process
        self._foreign = [*getattr(self, "_foreign", ()), *getattr(self, "_idle", ())]
        self._idle: list[DecodingProcess] = []

    def call(self, task: str, **arguments: Any) -> tuple[Any, bytes]:
        """Run a task and return its result, and the bytes that it made. Raise what it raises: Problem or OSError."""
        question = json.dumps({"task": task, "arguments": arguments}).encode()
        if not self._room.acquire(timeout=self._limits.wall_seconds):
            raise BUSY
        try:
            answer, content = self._ask(question)
        finally:
            self._room.release()
        if problem := answer.get("problem"):
            raise Problem(**problem)
        if "errno" in answer:
            raise OSError(answer["errno"], answer["reason"])
        return answer["result"], content

    def prepare(self) -> None:
        """Start a process unless one waits: it loads its libraries while the caller does something else."""
        # at most as many as there may be, also together with those that work
        if not self._room.acquire(blocking=False):
            return
        try:
            with self._lock:
                if not self._idle:
                    self._idle.append(DecodingProcess(self._limits))
        finally:
            self._room.release()

    @property
    def idle(self) -> tuple[DecodingProcess, ...]:
        """The processes that wait for questions, or have ended meanwhile."""
        return tuple(self._idle)

    def close(self) -> None:
        """End all that wait for questions."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.stop()

    def _ask(self, question: bytes) -> tuple[dict[str, Any], bytes]:
        """Ask a process that waits, or a new one. One that has ended meanwhile is replaced."""
        while True:
            with self._lock:
                process = self._idle.pop() if self._idle else None
            is_new = process is None
            process = process or DecodingProcess(self._limits)
            try:
                return process.ask(question)
            except Retired:
                process.is_retired = True
                if is_new:
                    raise crashing_media() from None
            finally:
                self._put_back(process)

    def _put_back(self, process: DecodingProcess) -> None:
        if process.is_retired:
            process.stop()
        else:
            with self._lock:
                self._idle.append(process)


pool = Pool()
os.register_at_fork(after_in_child=pool.forget)
atexit.register(pool.close)
