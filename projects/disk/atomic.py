"""Atomic writes: a reader sees a whole file or none, and what a dead writer leaves is removed at the next start."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Container, Mapping
from pathlib import Path
from types import TracebackType

from projects.disk.flush import flush_file, sync_folder
from projects.disk.layout import TEMPORARY_PREFIX
from projects.disk.links import link_or_copy, move, move_to_free_name
from projects.disk.locks import acquire
from projects.disk.refusals import is_refusal


class TooLarge(Exception):
    """More bytes were written than the limit allows."""


class IncomingFile:
    """A file while it is written: `with IncomingFile(folder, limit) as incoming: …write(…); incoming.keep(name)`.

    It has a temporary name with the writer's pid in it, and is locked. The lock ends with the writer's process, so
    `remove_abandoned` can tell it from a live one even after the pid was given to another process. A file that is
    neither kept nor replaced is removed.
    """

    def __init__(self, folder: Path, limit: int | None = None) -> None:
        """Prepare a file in `folder` of at most `limit` bytes.

        The folder is made where it is missing, but not the one above it: that may have been moved to the trash.
        """
        self.folder = folder
        self.limit = limit
        self.size = 0
        self._digest = hashlib.sha256()
        self._kept = False

    def __enter__(self) -> IncomingFile:
        """Make the folder and open the temporary file in it. Raise FileNotFoundError without the folder above it."""
        self.folder.mkdir(exist_ok=True)
        while True:
            self.path = self.folder / f"{TEMPORARY_PREFIX}{os.getpid()}-{secrets.token_hex(8)}"
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
            acquire(descriptor, self.path, wait=True)
            # another process may have removed it as abandoned between the two calls above
            if os.path.lexists(self.path):
                self._file = open(descriptor, "wb")  # noqa: PTH123 - a descriptor; closed in __exit__
                return self
            os.close(descriptor)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the file unless it was kept, and release its lock."""
        if not self._kept:
            self.path.unlink(missing_ok=True)
        self._file.close()

    @property
    def sha256(self) -> str:
        """The hexadecimal SHA-256 of what was written so far."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Append `chunk`. Raise TooLarge where that passes the limit."""
        self.size += len(chunk)
        if self.limit is not None and self.size > self.limit:
            raise TooLarge(f"more than {self.limit} bytes")
        self._digest.update(chunk)
        self._file.write(chunk)

    def flush(self) -> None:
        """Flush everything to disk. From here on others may read `path`."""
        self._file.flush()
        flush_file(self._file.fileno(), self.path)

    def keep(self, name: str, folder: Path | None = None, taken: Container[str] = ()) -> Path:
        """Flush the file, then give it `name` or the next free one, in its folder or in `folder` on the same disk."""
        self.flush()
        kept = move_to_free_name(self.path, folder or self.folder, name, taken)
        self._kept = True
        return kept

    def replace(self, name: str) -> None:
        """Flush the file, then rename it over `name`. For files of ours alone; the caller flushes the folder."""
        self.flush()
        move(self.path, self.folder / name)
        self._kept = True


def write_atomically(path: Path, data: bytes) -> None:
    """Write or replace one file: a reader sees the old content or the new."""
    write_all_atomically(path.parent, {path.name: data})


def write_all_atomically(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write or replace several files by name, each atomically, in order: a crash may leave out the later ones."""
    for name, data in files.items():
        with IncomingFile(folder) as incoming:
            incoming.write(data)
            incoming.replace(name)
    sync_folder(folder)


def try_file_system(folder: Path) -> None:
    """Do once what writers do in a folder, so that what its file system refuses is logged now. Raise OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with IncomingFile(folder) as incoming:
        incoming.flush()
        second = incoming.path.with_name(f"{incoming.path.name}-link")
        link_or_copy(incoming.path, second)
        second.unlink()
    sync_folder(folder)


def remove_abandoned(root: Path) -> int:
    """Remove the temporary files of dead writers anywhere under `root`, and return how many there were."""
    return sum(_remove_if_abandoned(path) for path in root.rglob(f"{TEMPORARY_PREFIX}*"))


def is_abandoned(path: Path) -> bool:
    """Return whether a temporary file is there that no living process writes to."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        return _is_abandoned(path, descriptor)
    finally:
        os.close(descriptor)


def _remove_if_abandoned(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        if _is_abandoned(path, descriptor):
            path.unlink()
            return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def _is_abandoned(path: Path, descriptor: int) -> bool:
    """Return whether no living process writes to a file: one would hold its lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return is_refusal(error) and is_writer_dead(path.name)
    return True


def is_writer_dead(name: str, prefix: str = TEMPORARY_PREFIX) -> bool:
    """Return whether the process whose pid follows `prefix` in a name is gone; False for a name without a pid.

    For folders, and for file systems that have no locks.
    """
    pid = name.removeprefix(prefix).partition("-")[0]
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (ValueError, OverflowError, PermissionError):
        # a download has no pid in its name, and is continued
        return False
    return False
