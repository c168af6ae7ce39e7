"""What happened, one JSON line for each thing, in a file that only grows: read once at the start, written before each
answer. A line goes out in one write, so that a kill leaves it whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class InUse(Exception):
    """Another process writes this journal."""


class Journal:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise InUse from None
        # a full disk may have left a piece of a line: the next one must not go on in it
        if not path.read_bytes().endswith(b"\n"):
            os.write(self._file, b"\n")

    def entries(self) -> Iterator[dict[str, Any]]:
        """All that can be read, in order."""
        for line in self._path.read_bytes().splitlines():
            with contextlib.suppress(ValueError):
                yield json.loads(line)

    def close(self) -> None:
        os.close(self._file)

    def write(self, entry: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(entry, separators=(",", ":")).encode() + b"\n")
