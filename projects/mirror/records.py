"""Records of jobs and of deleted files in a scene's `metadata/`: what scene.json does not say.

`metadata/jobs/{id}.json` is one record each, written anew when its time is not that of the row's last change.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from projects.disk.atomic import write_atomically
from projects.text.document import as_json

RECORDS = "jobs"


@dataclass(frozen=True)
class Record:
    """A record of something that changes, and when it last did."""

    changed_at: datetime
    build: Callable[[], dict[str, Any]]

    @property
    def time(self) -> int:
        """The time that its file has, in nanoseconds."""
        seconds = int(self.changed_at.timestamp())
        return seconds * 1_000_000_000 + self.changed_at.microsecond * 1000


def write_records(metadata: Path, records: Mapping[str, Record]) -> None:
    """Write the records whose files are not of the time of their last change, each by its id."""
    if not records:
        return
    folder = metadata / RECORDS
    times = _times(folder)
    for key, record in records.items():
        path = folder / f"{key}.json"
        if times.get(path.name) != record.time:
            write_atomically(path, as_json(record.build()))
            os.utime(path, ns=(record.time, record.time))


def _times(folder: Path) -> dict[str, int]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry.stat().st_mtime_ns for entry in entries if entry.name.endswith(".json")}
    except FileNotFoundError:
        return {}
