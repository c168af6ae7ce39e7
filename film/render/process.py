"""The processes that render: ffmpeg, and those of `children.py`. All are limited, and can be stopped."""

from __future__ import annotations

import errno
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from film.render import ffmpeg
from projects import launch
from projects.problems import Problem, disk_full
from projects.translation import gettext as _

_REPOSITORY_ROOT = Path(__file__).resolve().parent.parent.parent
# behind the pages, the uploads and the quality control
NICENESS = 10
# 4K with all the frames that an encoder looks ahead; addresses, of which a part is used
MEMORY_BYTES = 8 * 1024**3
# a process that moves nothing for so long hangs over a broken file
STALL_SECONDS = 180.0
LOOK_SECONDS = 0.2
_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONHOME")
_TAIL_BYTES = 64 * 1024


class Cancelled(Exception):
    """Somebody asked for the export to stop."""


class RenderFailed(Exception):
    """A process failed; the text is the end of what it printed."""


class Control:
    """How an export is watched from outside: whether it shall stop, and how far it is."""

    def __init__(
        self, is_cancelled: Callable[[], bool] = lambda: False, on_progress: Callable[[float], None] = lambda part: None
    ) -> None:
        """Ask `is_cancelled` often, and tell `on_progress` the part that is done, from 0 to 1."""
        self.is_cancelled = is_cancelled
        self.on_progress = on_progress

    def check(self) -> None:
        """Raise Cancelled when it shall stop."""
        if self.is_cancelled():
            raise Cancelled


def run_ffmpeg(arguments: Sequence[str], control: Control, on_frame: Callable[[int], None] = lambda frame: None) -> str:
    """Run ffmpeg, tell the frames that are done, and return what it printed as an error or a measurement.

    Raise RenderFailed, Cancelled, and Problem 503 on a full disk.
    """
    command = [ffmpeg.command(), "-hide_banner", "-nostdin", "-y", "-progress", "pipe:1", "-nostats", *arguments]

    def read(line: str) -> None:
        name, _, value = line.strip().partition("=")
        if name == "frame" and value.strip().isdigit():
            on_frame(int(value))

    return _run(command, control, read)


@dataclass(frozen=True)
class Started:
    """A process that runs."""

    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    """What it has printed as errors."""

    def lines(self, control: Control) -> Iterator[str]:
        """Yield what it tells until it ends. Raise Cancelled, and RenderFailed where it stands still."""
        out = self.process.stdout
        if out is None:
            return
        poll, rest, moved_at, last = select.poll(), b"", time.monotonic(), b""
        poll.register(out, select.POLLIN | select.POLLHUP)
        while True:
            control.check()
            if poll.poll(LOOK_SECONDS * 1000):
                piece = os.read(out.fileno(), 65536)
                if not piece:
                    self.process.wait(STALL_SECONDS)
                    return
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    # ffmpeg repeats the number of frames while it stands still
                    if line.startswith((b"frame=", b"out_time=")) and line != last:
                        moved_at, last = time.monotonic(), line
                    yield line.decode(errors="replace")
            if time.monotonic() - moved_at > STALL_SECONDS:
                raise RenderFailed(_("it stalled"))

    def tail(self) -> str:
        """Return the end of what it has printed as errors."""
        size = self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, size - _TAIL_BYTES))
        return self.errors.read().decode(errors="replace").strip()

    def failure(self) -> Problem | RenderFailed:
        """Return what to raise when it has failed."""
        text = self.tail()
        return disk_full() if _is_full(text) else RenderFailed(text[-2000:] or f"exit {self.process.returncode}")


@contextmanager
def started(command: Sequence[str], stdin: int = subprocess.DEVNULL) -> Iterator[Started]:
    """Start a command with limits, and end it with the block."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            launch.with_parent(command, MEMORY_BYTES, NICENESS),
            # what is written to it goes out at once, and nothing is left to be written when it has died
            bufsize=0,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=_REPOSITORY_ROOT,
            env={name: os.environ[name] for name in _VARIABLES if name in os.environ},
        )
        with process:
            try:
                yield Started(process, errors)
            finally:
                process.kill()


def _run(command: Sequence[str], control: Control, on_line: Callable[[str], None]) -> str:
    with started(command) as running:
        for line in running.lines(control):
            on_line(line)
        if running.process.returncode:
            raise running.failure()
        return running.tail()


def _is_full(text: str) -> bool:
    return os.strerror(errno.ENOSPC) in text or os.strerror(errno.EDQUOT) in text
