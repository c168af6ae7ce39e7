"""The journal of task ids on disk: proof that Runway accepted a request, kept for a crash before the row is written.

The space of a record is reserved before its request goes out, so a full disk stops the request and not the record.
"""

from __future__ import annotations

import errno
import json
import mmap
import os
import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from projects.disk.flush import sync_folder

# every record has the same length, so it can be overwritten in place
RECORD_BYTES = 256
_BEGINNING = b'{"jobId": "'
_RECORD = re.compile(_BEGINNING + rb'([^"]*)", "taskId": "([^"]*)"}')


def reserve(job_id: str) -> int:
    """Append a record without a task id, flush it, and return its offset in bytes. Raise OSError without space."""
    path = _path()
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    # a single write to a file that is open for appending does not mix with those of other workers
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # a disk that is nearly full takes a part of the record, which find() skips
        if os.write(descriptor, _record(job_id, "")) < RECORD_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(descriptor)
        # after an append the position is the end of this very record, wherever others have appended meanwhile
        offset = os.lseek(descriptor, 0, os.SEEK_CUR) - RECORD_BYTES
    finally:
        os.close(descriptor)
    # a new file survives a power cut only once its folder is flushed, too
    if is_new:
        sync_folder(path.parent)
    return offset


def write(job_id: str, runway_task_id: str, offset: int | None = None) -> None:
    """Write the task id of a job at a reserved offset, or in a new record, and flush it. Raise OSError."""
    if offset is None:
        offset = reserve(job_id)
    descriptor = os.open(_path(), os.O_WRONLY)
    try:
        os.pwrite(descriptor, _record(job_id, runway_task_id), offset)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def find(job_id: str) -> str | None:
    """Return the newest task id that was recorded for the job; records that are cut off are skipped."""
    with _content() as content:
        # a job whose first request was not accepted has a record for each attempt, the last one with the id
        end = len(content)
        while (start := content.rfind(job_id.encode(), 0, end)) >= 0:
            if (record := _RECORD.match(content, max(start - len(_BEGINNING), 0))) and record[2]:
                return record[2].decode()
            end = start
    return None


def find_all(job_ids: Container[str]) -> dict[str, str]:
    """Return the newest task id of each of these jobs that has one, by job id, in one pass over the journal."""
    with _content() as content:
        records = ((record[1].decode(), record[2].decode()) for record in _RECORD.finditer(content) if record[2])
        return {job: task for job, task in records if job in job_ids}


@contextmanager
def _content() -> Iterator[mmap.mmap | bytes]:
    """Map the journal into memory: it grows by a record for each request, and is never shortened."""
    try:
        with _path().open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content
    except (FileNotFoundError, ValueError):
        # an empty file cannot be mapped
        yield b""


def _path() -> Path:
    return Path(settings.DATA_DIR) / "journal" / "runway-tasks.jsonl"


def _record(job_id: str, runway_task_id: str) -> bytes:
    """Return a record that begins with its line break, so that a fragment before it does not spoil its line."""
    return b"\n" + json.dumps({"jobId": job_id, "taskId": runway_task_id}).encode().ljust(RECORD_BYTES - 1)
