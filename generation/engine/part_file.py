"""The file of a clip while it is downloaded, under a temporary name, which only one process writes to."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import BinaryIO

from projects.disk.locks import acquire

OPEN_ATTEMPTS = 10
LOCK_ATTEMPTS, LOCK_RETRY_SECONDS = 20, 0.05


class PartFile:
    """A growing file, locked and open as a context manager. Entering raises OSError when it cannot be opened.

    A process that holds the lock without a claim hangs. The name is then taken away from its file, which nobody sees
    any more, and given to a new one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_complete = False
        """Whether it was inspected and named already when its writer died, so that there is nothing to download."""

    def __enter__(self) -> PartFile:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(OPEN_ATTEMPTS):
            if self._open():
                return self
        raise OSError(errno.EBUSY, "other processes replace it again and again", str(self.path))

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def drop(self) -> None:
        """Remove the file, unless its name belongs to another one by now."""
        if self._has_name():
            self.path.unlink(missing_ok=True)

    def _open(self) -> bool:
        self.file = open(self.path, "r+b", opener=_open_or_create)  # noqa: SIM115 - closed in __exit__
        if not _lock(self.file, self.path):
            self.path.unlink(missing_ok=True)
        elif self._has_name():
            # the second name is the final one
            self.is_complete = os.fstat(self.file.fileno()).st_nlink > 1
            return True
        self.file.close()
        return False

    def _has_name(self) -> bool:
        """Return whether the open file is the one at the path."""
        try:
            # between open and lock, another process may have put a new file under this name
            return os.path.samestat(os.fstat(self.file.fileno()), self.path.stat())
        except FileNotFoundError:
            return False


def _open_or_create(path: str, _: int) -> int:
    """Open for reading and writing, create it if it is missing, and never truncate it."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)


def _lock(file: BinaryIO, path: Path) -> bool:
    """Return whether the lock was acquired. A process that clears up holds it briefly, one that hangs for good."""
    for _ in range(LOCK_ATTEMPTS):
        if acquire(file.fileno(), path, wait=False):
            return True
        time.sleep(LOCK_RETRY_SECONDS)
    return False
