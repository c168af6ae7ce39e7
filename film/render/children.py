"""The rendering child, seen from outside: PyAV and Pillow work in a process of their own, which answers questions."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any

from film.render.process import Control, RenderFailed, Started, started
from projects.problems import Problem, disk_full

_PROGRESS = "frame="


class Child:
    """`with Child() as child: child.ask(…)`: one process for all its questions, one after the other.

    It is started by the first, since to load PyAV takes longer than most of the tasks. It ends with the thread that has
    started it.
    """

    def __init__(self) -> None:
        """Begin without a process."""
        self._stack = ExitStack()
        self._running: Started | None = None

    def __enter__(self) -> Child:
        """Begin without a process."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the process, whatever it does."""
        self._stack.close()

    def ask(
        self, task: str, control: Control, on_frame: Callable[[int], None] = lambda frame: None, **arguments: Any
    ) -> Any:
        """Run a task of `child.py` and return its result. Raise Problem, RenderFailed, Cancelled."""
        self._running = running = self._running or self._start()
        try:
            _send(running, {"task": task, "arguments": arguments})
        except BrokenPipeError:
            running.process.wait()
            raise running.failure() from None
        for line in running.lines(control):
            if line.startswith(_PROGRESS):
                on_frame(int(line.removeprefix(_PROGRESS)))
            else:
                return _result(json.loads(line))
        raise running.failure()

    def _start(self) -> Started:
        command = [sys.executable, "-m", "film.render.child"]
        return self._stack.enter_context(started(command, subprocess.PIPE))


def ask_child(task: str, control: Control, **arguments: Any) -> Any:
    """Run one task in a process of its own, as `Child.ask()` does."""
    with Child() as child:
        return child.ask(task, control, **arguments)


def _send(running: Started, question: dict[str, Any]) -> None:
    """Write a question; the child reads a whole line before it does anything else."""
    rest = memoryview(json.dumps(question).encode() + b"\n")
    while rest and running.process.stdin:
        rest = rest[running.process.stdin.write(rest) :]


def _result(answer: dict[str, Any]) -> Any:
    if problem := answer.get("problem"):
        raise Problem(**problem)
    if answer.get("errno") in (errno.ENOSPC, errno.EDQUOT):
        raise disk_full()
    if "error" in answer:
        raise RenderFailed(answer["error"])
    return answer["result"]
