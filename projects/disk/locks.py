"""Locks between processes, by files on disk."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from projects.disk import refusals

# the system has no wait for a lock with an end
_LOOK_SECONDS = 0.005
_ONE_MACHINE = "only one machine may write here."


@contextlib.contextmanager
def file_lock(path: Path, seconds: float | None = None) -> Iterator[None]:
    """Wait for the lock file `path` and hold it, against other processes and other threads.

    The lock ends with the process that holds it. Where the file system has no locks, a file in the folder for
    temporary files stands in, against processes of this machine. Raise FileNotFoundError where its folder is missing,
    and TimeoutError where another process holds it for longer than `seconds` (None: wait without an end).
    """
    with contextlib.ExitStack() as stack:
        try:
            _wait_for(stack.enter_context(_open(path)), path, seconds)
        except TimeoutError:
            raise
        except OSError as error:
            if not refusals.is_refusal(error):
                raise
            refusals.report("locks", path.parent, error, _ONE_MACHINE)
            _wait_for(stack.enter_context(_open(_stand_in(path))), path, seconds)
        yield


def _wait_for(descriptor: int, path: Path, seconds: float | None) -> None:
    if seconds is None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() > end:
            raise TimeoutError(f"another process holds {path}")
        time.sleep(_LOOK_SECONDS)


def acquire(descriptor: int, path: Path, *, wait: bool) -> bool:
    """Lock an open file, which lies at `path`, until it is closed, and return False where another process holds it.

    Where the file system has no locks it counts as acquired.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError as error:
        if not refusals.is_refusal(error):
            raise
        refusals.report("locks", path.parent, error, _ONE_MACHINE)
    return True


@contextlib.contextmanager
def _open(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    try:
        yield descriptor
    finally:
        # explicitly: a child process forked meanwhile has the descriptor too, and would keep the lock
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _stand_in(path: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:32]
    return Path(tempfile.gettempdir()) / f"dailies-{os.getuid()}-{digest}.lock"
