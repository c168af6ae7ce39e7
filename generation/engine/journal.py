"""The proof on disk that Runway gave a task id: written and flushed before the row, read after a crash in between.

Its room is taken before the request goes out: on a full disk nothing is sent whose answer could not be kept.
"""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

from django.conf import settings

from projects.disk.links import sync_folder

# one record, whatever the ids: a record is written again in its own place
BYTES = 256


def _path() -> Path:
    return Path(settings.DATA_DIR) / "journal" / "runway-tasks.jsonl"


def reserve(job_id: str) -> int:
    """Room for the task id of a job, on disk; its place in the file. OSError where there is none."""
    path = _path()
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    # one write to a file opened for appending: records of several workers do not mix
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.write(descriptor, _record(job_id, "")) < BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(descriptor)
        place = os.lseek(descriptor, 0, os.SEEK_CUR) - BYTES
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(path.parent)
    return place


def write(job_id: str, runway_task_id: str, place: int | None = None) -> None:
    """Into the room that was reserved."""
    if place is None:
        place = reserve(job_id)
    descriptor = os.open(_path(), os.O_WRONLY)
    try:
        os.pwrite(descriptor, _record(job_id, runway_task_id), place)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _record(job_id: str, runway_task_id: str) -> bytes:
    """Its line ends where it begins, so that a piece of a record that a full disk left does not spoil the next."""
    return b"\n" + json.dumps({"jobId": job_id, "taskId": runway_task_id}).encode().ljust(BYTES - 1)


def find(job_id: str) -> str | None:
    """The newest task id that was written down for the job; a record that is not whole is passed over."""
    try:
        lines = _path().read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    for line in reversed(lines):
        if job_id in line:
            try:
                if found := json.loads(line)["taskId"]:
                    return str(found)
            except (ValueError, KeyError):
                continue
    return None
