"""Judge a file in a process of its own, which may run out of time or memory, or crash, without harm to a worker."""

from __future__ import annotations

import base64
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

from generation.quality.entry import OUT_OF_MEMORY
from generation.quality.rules import Asked, Finding
from generation.quality.verdict import Judgement, Reason

# 8192 x 8192 pixels with all the frames that a decoder keeps do not fit; 4K does several times over
MAX_BYTES = 2 * 1024**3
# of one core: a clip takes a tenth of its length, on a slow machine as much as itself
SECONDS, SECONDS_A_SECOND = 20, 4
# others may need the cores more: it is long until nothing comes any more
PATIENCE = 5
LOOK_SECONDS = 0.1
# what the kernel sends at the limit of time; and where the whole machine has no memory left
OUT_OF_TIME, NO_ROOM = -signal.SIGXCPU, -signal.SIGKILL
TOP = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "generation.quality.entry"]


class NotDone(Exception):
    """It was stopped before it had an answer; ask again another time."""


def judge_apart(path: Path, asked: Asked, length: float | None, stop: Callable[[], bool] = lambda: False) -> Judgement:
    """`length`: seconds that the file is said to last. NotDone when `stop` says so."""
    seconds = SECONDS + SECONDS_A_SECOND * round(length or 0)
    question = {"path": str(path), "asked": dataclasses.asdict(asked), "bytes": MAX_BYTES, "seconds": seconds}
    with tempfile.TemporaryFile() as output:
        code = _run(question, output.fileno(), time.monotonic() + PATIENCE * seconds, stop)
        output.seek(0)
        answer = output.read()
    if code == 0 and answer:
        return _read(json.loads(answer))
    if code is None or code == OUT_OF_TIME:
        return not_checked(f"It could not be looked at within {seconds} s.")
    if code in (OUT_OF_MEMORY, NO_ROOM):
        return not_checked(f"To look at it takes more than {MAX_BYTES // 2**30} GB of memory.")
    words = "The decoder breaks down over this file; players may as well."
    return Judgement("fail", [Reason(Finding("unreadable", "fail", words), None)])


def not_checked(why: str) -> Judgement:
    return Judgement("warn", [Reason(Finding("not_checked", "warn", f"{why} Look at it yourself."), None)])


def _run(question: dict[str, Any], output: int, deadline: float, stop: Callable[[], bool]) -> int | None:
    """The exit code; None when the time is over."""
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.DEVNULL, cwd=TOP)
    with process:
        try:
            _ask(process, question)
            while time.monotonic() < deadline:
                if stop():
                    raise NotDone
                try:
                    return process.wait(LOOK_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
            return None
        finally:
            process.kill()


def _ask(process: subprocess.Popen[bytes], question: dict[str, Any]) -> None:
    """Their end of it stays open: it closes when we die, and so ends the other."""
    if process.stdin:
        try:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # its exit code tells


def _read(answer: dict[str, Any]) -> Judgement:
    reasons = []
    for told in answer["reasons"]:
        thumbnail = told.pop("thumbnail")
        reasons.append(Reason(Finding(**told), base64.b64decode(thumbnail) if thumbnail else None))
    return Judgement(answer["verdict"], reasons, answer["fingerprint"], answer["facts"])
