"""The simulator's journal: one JSON line for each event, in a file that only grows.

It is read once at the start and written before each answer. A line goes out in one write, so that a process that is
killed leaves it whole or not at all.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class JournalInUse(Exception):
    """Another process has this journal open."""


class Journal:
    """The journal at a path, created when it is missing. Raise JournalInUse while another process has it open."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise JournalInUse from None
        # a full disk may have left part of a line, which must not swallow the next one
        if not path.read_bytes().endswith(b"\n"):
            os.write(self._file, b"\n")

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield every entry that can be read, in order."""
        for line in self._path.read_bytes().splitlines():
            # a line that a full disk cut off
            with contextlib.suppress(ValueError):
                yield json.loads(line)

    def write(self, entry: dict[str, Any]) -> None:
        """Append one entry."""
        os.write(self._file, json.dumps(entry, separators=(",", ":")).encode() + b"\n")

    def close(self) -> None:
        """Close the file and let another process have it."""
        os.close(self._file)
