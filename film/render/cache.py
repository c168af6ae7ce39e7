"""The segments that are kept: `DATA_DIR/segments/ab/<hash>.mp4`. Each is whole: it is renamed when it is finished.

Who uses a segment keeps it open with a shared lock, which ends with the process, and who removes one needs the lock for
itself. So none is removed that a running export needs, also after kill -9 of another.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from projects.disk.atomic import is_writer_dead
from projects.disk.layout import TEMPORARY_PREFIX

_WORK_PREFIX = ".work-"
DEFAULT_MAX_BYTES = 20 * 1024**3


class SegmentCache:
    """The segments of one export: `with SegmentCache(folder) as cache: path = cache.get(key, ".mp4", make)`."""

    def __init__(self, folder: Path, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        """Use `folder`, in which all segments together have at most `max_bytes` when the export ends."""
        self.folder = folder
        self.max_bytes = max_bytes
        self._held: dict[Path, int] = {}

    def __enter__(self) -> SegmentCache:
        """Begin without a segment in use."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Release the segments, and remove those that were not used for the longest time."""
        for descriptor in self._held.values():
            os.close(descriptor)
        self._held.clear()
        with suppress(OSError):
            self.prune()

    @contextmanager
    def work_folder(self) -> Iterator[Path]:
        """Make a folder for temporary files on the disk of the segments, with the pid in its name."""
        with tempfile.TemporaryDirectory(prefix=f"{_WORK_PREFIX}{os.getpid()}-", dir=self.folder) as name:
            yield Path(name)

    def path(self, key: str, suffix: str) -> Path:
        """Return where the segment of a key is, or will be."""
        return self.folder / key[:2] / f"{key}{suffix}"

    def find(self, key: str, suffix: str) -> Path | None:
        """Return a segment that is there, and hold it; None otherwise."""
        path = self.path(key, suffix)
        return path if path in self._held or self._hold(path) else None

    def discard(self, key: str, suffix: str) -> None:
        """Remove a segment that `find()` has returned and that is of no use."""
        path = self.path(key, suffix)
        os.close(self._held.pop(path))
        path.unlink(missing_ok=True)

    def get(self, key: str, suffix: str, make: Callable[[Path], Any], *, flush: bool = True) -> Path:
        """Return the segment of a key. `make` writes it to a temporary path when it is not there.

        Without `flush` it may be empty after a power cut, which its reader must bear.
        """
        path = self.path(key, suffix)
        while self.find(key, suffix) is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-{secrets.token_hex(8)}{suffix}")
            try:
                make(temporary)
                if flush:
                    # the data before the name: after a power cut a segment must not be empty
                    with temporary.open("rb") as file:
                        os.fsync(file.fileno())
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
        return path

    def prune(self) -> None:
        """Remove segments, the longest unused first, until all others fit; also what dead processes left."""
        for work in self.folder.glob(f"{_WORK_PREFIX}*"):
            if is_writer_dead(work.name, _WORK_PREFIX):
                shutil.rmtree(work, ignore_errors=True)
        entries = sorted(self._entries(), key=lambda entry: entry[1].st_mtime)
        total = sum(stat.st_size for _, stat in entries)
        for path, stat in entries:
            if path.name.startswith(TEMPORARY_PREFIX):
                if is_writer_dead(path.name):
                    path.unlink(missing_ok=True)
            elif total > self.max_bytes and _remove_unused(path):
                total -= stat.st_size

    def unused_since(self, moment: float) -> Iterator[tuple[Path, int]]:
        """Yield the segments that nobody has used since, in seconds since 1970, with their sizes."""
        for path, stat in self._entries():
            if stat.st_mtime < moment and not path.name.startswith(TEMPORARY_PREFIX):
                yield path, stat.st_size

    def remove(self, path: Path) -> bool:
        """Remove a segment unless somebody uses it; return whether it is gone."""
        return _remove_unused(path)

    def _entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        # segments are one folder deep, and what an export works with is not theirs
        for path in self.folder.glob("[!.]*/*"):
            with suppress(FileNotFoundError):
                stat = path.stat()
                if path.is_file():
                    yield path, stat

    def _hold(self, path: Path) -> bool:
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if not os.path.lexists(path):
            # removed between the two calls
            os.close(descriptor)
            return False
        if self._held.setdefault(path, descriptor) != descriptor:
            # another thread has it too
            os.close(descriptor)
        # the time of the last use, whatever the file system notes of reads
        with suppress(OSError):
            os.utime(path)
        return True


def _remove_unused(path: Path) -> bool:
    """Remove a segment unless somebody holds it."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
