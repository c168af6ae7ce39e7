"""One child process of the studio: started, noticed when it exits, restarted with growing delay, stopped."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping

from config.studio import heartbeat
from config.studio.forked import CAN_FORK, Fork, run_python
from config.studio.heartbeat import HUNG_SECONDS, LATE_SECONDS, Heartbeat
from projects import launch

_STDERR = 2
QUICK_EXIT_SECONDS = 10.0
"""A child that lived for less has exited quickly; each quick exit in a row doubles the delay before its restart."""
FIRST_DELAY = 0.5
MAX_DELAY = 10.0


def restart_delay(quick_exits: int) -> float:
    """Return the seconds before the next start: 0 after the first quick exit, then 0.5, 1, 2 … 10."""
    return 0.0 if quick_exits < 2 else min(FIRST_DELAY * 2.0 ** min(quick_exits - 2, 10), MAX_DELAY)


class Child:
    """A child process that may be started any number of times."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        env: Mapping[str, str] | None = None,
        keep_open: tuple[int, ...] = (),
        fork: bool = False,
        beats_itself: bool = False,
        on_demand: tuple[str, ...] = (),
        on_exit: Callable[[int], None] | None = None,
    ) -> None:
        """Describe the process.

        `env` is added to the environment, `keep_open` are file descriptors that it inherits, and `fork` says that the
        command is a Python program of ours, which needs no new interpreter. Such a fork has a heartbeat, in a thread
        unless it `beats_itself`. It is started for the queues `on_demand` and may end by itself; without any it always
        runs. `on_exit` is called with the exit code (negative: the signal) before it is started again.
        """
        self.name = name
        self.command = command
        self.env = {**os.environ, **(env or {})}
        self.keep_open = keep_open
        self.heartbeat = Heartbeat() if fork and CAN_FORK else None
        self.beats_itself = beats_itself
        self.on_demand = on_demand
        self.is_resting = bool(on_demand)
        """Whether it does not run since it has nothing to do."""
        self.on_exit = on_exit
        self.process: subprocess.Popen[bytes] | Fork | None = None
        # both in seconds of the monotonic clock
        self.started_at = 0.0
        self.restart_at = 0.0
        self.quick_exits = 0

    @property
    def pid(self) -> int | None:
        """The process id; None while it does not run."""
        return self.process.pid if self.process else None

    def start(self) -> None:
        """Start the process in a session of its own.

        Ctrl-C in a terminal then reaches the studio alone, which stops the others in order.
        """
        self.started_at = time.monotonic()
        self.is_resting = False
        if self.heartbeat:
            self.heartbeat.beat()
            self.process = Fork(self._run_here, self.keep_open)
        else:
            self.process = self._spawn()

    @property
    def is_hung(self) -> bool:
        """Return whether it runs and has missed its heartbeats."""
        return bool(self.process and self.heartbeat and self.heartbeat.age > HUNG_SECONDS)

    @property
    def is_late(self) -> bool:
        """Return whether it runs and has missed some heartbeats."""
        return bool(self.process and self.heartbeat and self.heartbeat.age > LATE_SECONDS)

    def _run_here(self) -> None:
        heartbeat.heartbeat = self.heartbeat
        if self.heartbeat and not self.beats_itself:
            self.heartbeat.beat_in_thread()
        os.environ.clear()
        os.environ.update(self.env)
        run_python(self.command[1:])

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            launch.with_parent(self.command),
            stdin=subprocess.DEVNULL,
            # stdout is for the lines that the studio itself promises
            stdout=_STDERR,
            env=self.env,
            pass_fds=self.keep_open,
            start_new_session=True,
        )

    def reap(self) -> int | None:
        """Return the exit code when the process has exited since the last call, and plan its restart; else None."""
        code = self.process.poll() if self.process else None
        if code is None:
            return None
        self.process = None
        self.is_resting = bool(self.on_demand) and code == 0
        lived = time.monotonic() - self.started_at
        self.quick_exits = self.quick_exits + 1 if lived < QUICK_EXIT_SECONDS else 1
        self.restart_at = time.monotonic() + restart_delay(self.quick_exits)
        if self.on_exit:
            self.on_exit(code)
        return code


def stop_all(children: Iterable[Child], seconds: float) -> None:
    """Terminate the children together, and kill those that still run after `seconds`."""
    running = [child.process for child in children if child.process]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in running:
        try:
            process.wait(max(deadline - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            process.kill()
    for process in running:
        process.wait()
    for child in children:
        child.process = None
