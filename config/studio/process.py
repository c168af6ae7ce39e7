"""One child of the studio: started, found dead, started again after a while, stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

TETHER = Path(__file__).with_name("die_with_parent.py")
STDERR = 2
# a life shorter than this is a quick death, and each in a row doubles the wait for the next start
QUICK_SECONDS = 10.0
FIRST_DELAY = 0.5
LONGEST_DELAY = 10.0


def restart_delay(quick_deaths: int) -> float:
    """Seconds: the first death costs nothing, then 0.5, 1, 2 … 10."""
    return 0.0 if quick_deaths < 2 else min(FIRST_DELAY * 2.0 ** min(quick_deaths - 2, 10), LONGEST_DELAY)


class Child:
    """`on_death` is told the exit code (negative: the signal) before the next start."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        env: Mapping[str, str] | None = None,
        keep_open: tuple[int, ...] = (),
        on_death: Callable[[int], None] | None = None,
    ) -> None:
        self.name = name
        self.command = command
        self.env = {**os.environ, **(env or {})}
        self.keep_open = keep_open
        self.on_death = on_death
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.start_again_at = 0.0
        self.quick_deaths = 0

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def start(self) -> None:
        """In a session of its own: the Ctrl-C of a terminal reaches the studio alone, which stops the rest in order."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *self.command],
            stdin=subprocess.DEVNULL,
            stdout=STDERR,  # stdout is for the lines that the studio itself promises
            env=self.env,
            pass_fds=self.keep_open,
            start_new_session=True,
        )

    def death(self) -> int | None:
        """The exit code, once, when it has died since the last look."""
        code = self.process.poll() if self.process else None
        if code is None:
            return None
        self.process = None
        lived = time.monotonic() - self.started_at
        self.quick_deaths = self.quick_deaths + 1 if lived < QUICK_SECONDS else 1
        self.start_again_at = time.monotonic() + restart_delay(self.quick_deaths)
        if self.on_death:
            self.on_death(code)
        return code


def stop(children: Iterable[Child], seconds: float) -> None:
    """Ask once, wait together, kill those that are left."""
    asked = [child.process for child in children if child.process]
    for process in asked:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in asked:
        try:
            process.wait(max(deadline - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            process.kill()
    for process in asked:
        process.wait()
    for child in children:
        child.process = None
