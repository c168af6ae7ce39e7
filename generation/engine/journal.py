"""The proof on disk that Runway gave a task id: written and flushed before the row, read after a crash in between."""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.conf import settings


def _path() -> Path:
    return Path(settings.DATA_DIR) / "journal" / "runway-tasks.jsonl"


def write(job_id: str, runway_task_id: str) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"jobId": job_id, "taskId": runway_task_id}) + "\n"
    # one write to a file opened for appending: lines of several workers do not mix
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def find(job_id: str) -> str | None:
    """The newest task id that was written down for the job; a line cut off by a crash is passed over."""
    try:
        lines = _path().read_text().splitlines()
    except FileNotFoundError:
        return None
    for line in reversed(lines):
        if job_id in line:
            try:
                return str(json.loads(line)["taskId"])
            except (ValueError, KeyError):
                continue
    return None
