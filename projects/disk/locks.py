"""Locks between processes, by files on disk."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Wait for the lock file `path` and hold it, against other processes and other threads.

    The lock ends with the process that holds it. Raise FileNotFoundError where its folder is missing.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        # explicitly: a child process forked meanwhile has the descriptor too, and would keep the lock
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)
