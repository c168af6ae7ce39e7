"""The decoding process: `python -m projects.disk.decoding.process` answers one question after the other.

A question is a line of JSON on stdin, an answer a line of JSON on stdout, with as many bytes behind it as it says.
There is no Django, and the environment has no secrets. The process limits its own memory and, for each file, its CPU
time, yields to others, and ends when nobody asks, when it has grown, or when the process that it works for has ended.
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import select
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from projects.disk.clean_copies import copy_clean, copy_small
from projects.disk.conversion import convert
from projects.disk.decoding.limits import EXIT_CHECK_SECONDS, NICENESS, Limits
from projects.disk.frames import frame_at
from projects.disk.framing import frame_picture
from projects.disk.media import Media
from projects.disk.media_errors import too_demanding
from projects.disk.peaks import sound_peaks
from projects.disk.posters import make_poster
from projects.disk.probe import inspect
from projects.disk.process_limits import limit_resource
from projects.disk.recordings import frame_rate
from projects.disk.sprites import make_sprite
from projects.problems import Problem
from projects.translation import gettext as _

TASKS: dict[str, Callable[..., Any]] = {
    "inspect": inspect,
    "make_poster": make_poster,
    "make_sprite": make_sprite,
    "frame_at": frame_at,
    "frame_rate": frame_rate,
    "copy_clean": copy_clean,
    "copy_small": copy_small,
    "convert": convert,
    "frame_picture": frame_picture,
    "sound_peaks": sound_peaks,
}
_PATHS = ("path", "target")


def main() -> None:
    """Answer until there is nothing more to do."""
    limits = Limits(**json.loads(sys.argv[1]))
    limit_process(limits.memory_bytes)
    answers = _own_stdout()
    threading.Thread(target=_exit_with_parent, args=(os.getppid(),), daemon=True).start()
    for _number in range(limits.max_jobs):
        if not select.select([sys.stdin], [], [], limits.idle_seconds)[0]:
            break
        question = sys.stdin.buffer.readline()
        if not question:
            break
        _limit_time(limits.cpu_seconds)
        answer, content = run(json.loads(question))
        is_last = _used_bytes() > limits.kept_bytes
        answers.write(json.dumps({**answer, "bytes": len(content), "last": is_last}).encode() + b"\n" + content)
        answers.flush()
        if is_last:
            break
    # a decoder that was upset by a broken file may hang when it is closed
    os._exit(0)


def limit_process(memory_bytes: int) -> None:
    """Limit memory and priority, leave no core file, and be the first to go when the machine has no memory left."""
    limit_resource(resource.RLIMIT_AS, memory_bytes)
    limit_resource(resource.RLIMIT_CORE, 0)
    os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def run(question: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return the answer to a question, and the bytes that belong to it."""
    arguments = question["arguments"]
    arguments |= {name: Path(arguments[name]) for name in _PATHS if name in arguments}
    try:
        result = TASKS[question["task"]](**arguments)
    except Problem as problem:
        return _refusal(problem), b""
    except MemoryError:
        return _refusal(too_demanding("memory")), b""
    except OSError as error:
        return {"errno": error.errno, "reason": error.strerror or _("it cannot be read")}, b""
    if isinstance(result, bytes):
        return {"result": None}, result
    return {"result": dataclasses.asdict(result) if isinstance(result, Media) else result}, b""


def _refusal(problem: Problem) -> dict[str, Any]:
    return {"problem": {"message": problem.message, "code": problem.code, "status": problem.status}}


def _limit_time(seconds: int) -> None:
    """Limit the CPU time of the next file: the kernel counts that of the whole process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit_resource(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds)


def _own_stdout() -> BinaryIO:
    """Return stdout, and let nobody else print there: some decoders do."""
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    return answers


def _used_bytes() -> int:
    """Return the memory that it has: what decoders free may stay with the process. 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _exit_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EXIT_CHECK_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
