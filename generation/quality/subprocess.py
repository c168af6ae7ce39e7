"""Judges a file in a process of its own, which may run out of time or memory, or crash, without harm to a worker."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generation.quality.expectations import Expectations
from generation.quality.findings import Finding
from generation.quality.judgment import OUT_OF_MEMORY_EXIT, Judgment, Reason
from projects.translation import gettext as _

# enough for 4K several times over; 8192 x 8192 pixels with all frames that a decoder keeps do not fit
MAX_BYTES = 2 * 1024**3
# a clip takes a tenth of its length on one core, and as much as its length on a slow machine
BASE_CPU_SECONDS, CPU_SECONDS_PER_SECOND = 20, 4
# generous, since other processes may need the cores more
WALL_SECONDS_PER_CPU_SECOND = 5
POLL_SECONDS = 0.1
# how the kernel ends a process over its CPU limit, and one for which the machine has no memory
OUT_OF_TIME_EXIT, KILLED_EXIT = -signal.SIGXCPU, -signal.SIGKILL
REPOSITORY_ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "generation.quality.entry"]


class Interrupted(Exception):
    """Judging was stopped before there was an answer; it can be started again later."""


def judge_in_subprocess(
    path: Path, expected: Expectations, seconds: float | None, stop: Callable[[], bool] = lambda: False
) -> Judgment:
    """Return the judgment on a file that is said to last `seconds`.

    A file that takes too much time or memory gets the verdict "warn", one that crashes the decoder "fail". Raise
    Interrupted soon after `stop` returns True.
    """
    limit = BASE_CPU_SECONDS + CPU_SECONDS_PER_SECOND * round(seconds or 0)
    question = {"path": str(path), "expected": dataclasses.asdict(expected), "bytes": MAX_BYTES, "seconds": limit}
    # a file and not a pipe, which would block the process when its answer is long
    with tempfile.TemporaryFile() as output:
        deadline = time.monotonic() + WALL_SECONDS_PER_CPU_SECOND * limit
        exit_code = _run(question, output.fileno(), deadline, stop)
        output.seek(0)
        answer = output.read()
    if exit_code == 0 and answer:
        return _read_judgment(json.loads(answer))
    if exit_code is None or exit_code == OUT_OF_TIME_EXIT:
        return not_checked(_("It could not be checked within {limit} s.").format(limit=limit))
    if exit_code in (OUT_OF_MEMORY_EXIT, KILLED_EXIT):
        return not_checked(
            _("Checking it needs more than {max_bytes} GB of memory.").format(max_bytes=MAX_BYTES // 2**30)
        )
    message = _("The decoder crashes on this file, so players may crash too.")
    return Judgment("fail", [Reason(Finding("unreadable", "fail", message), None)])


def not_checked(why: str) -> Judgment:
    """Return the judgment on a file that nobody could check, with one sentence that says why."""
    return Judgment(
        "warn", [Reason(Finding("not_checked", "warn", _("{why} Check it yourself.").format(why=why)), None)]
    )


def _run(question: dict[str, Any], output: int, deadline: float, stop: Callable[[], bool]) -> int | None:
    """Run the process and return its exit code, negative for a signal; None when it is killed at the deadline."""
    process = subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.DEVNULL, cwd=REPOSITORY_ROOT
    )
    with process:
        try:
            _send_question(process, question)
            while time.monotonic() < deadline:
                if stop():
                    raise Interrupted
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.wait(POLL_SECONDS)
            return None
        finally:
            process.kill()


def _send_question(process: subprocess.Popen[bytes], question: dict[str, Any]) -> None:
    """Write the question to stdin and leave it open: it closes when this process dies, which ends the other one."""
    if process.stdin is None:
        return
    # of a process that has ended already, the exit code says why
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(json.dumps(question).encode() + b"\n")
        process.stdin.flush()


def _read_judgment(answer: dict[str, Any]) -> Judgment:
    reasons = []
    for entry in answer["reasons"]:
        thumbnail = entry.pop("thumbnail")
        reasons.append(Reason(Finding(**entry), base64.b64decode(thumbnail) if thumbnail else None))
    return Judgment(answer["verdict"], reasons, answer["fingerprint"], answer["facts"])
