"""Uploads that arrive in parts: each grows in a file of its own in `PROJECTS_ROOT/.uploads/`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from projects.disk.layout import UPLOADS
from projects.disk.locks import acquire

_SUFFIX = ".part"
# below 128 kB, from which on the C library asks the system for the memory of each chunk anew
_READ_BYTES = 96 * 1024


class PartBusy(Exception):
    """Another request writes to the same upload."""


class UploadPart:
    """What has arrived of one upload."""

    def __init__(self, projects_root: Path, key: str) -> None:
        """Name it; nothing is made yet."""
        self.path = projects_root / UPLOADS / f"{key}{_SUFFIX}"

    @property
    def size(self) -> int:
        """How many bytes have arrived."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other requests away from the file. Raise PartBusy where one is at it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            if not acquire(file.fileno(), self.path, wait=False):
                raise PartBusy
            yield

    def append(self, content: bytes) -> None:
        """Append what arrived; of a full disk nothing is kept. Raise OSError."""
        before = self.size
        try:
            with self.path.open("ab") as file:
                file.write(content)
        except OSError:
            with suppress(OSError), self.path.open("ab") as file:
                file.truncate(before)
            raise

    def chunks(self) -> Iterator[bytes]:
        """Yield the content."""
        with self.path.open("rb") as file:
            while chunk := file.read(_READ_BYTES):
                yield chunk

    def remove(self) -> None:
        """Remove the file, if there is one."""
        self.path.unlink(missing_ok=True)


def remove_old_parts(projects_root: Path, seconds: float) -> None:
    """Remove the files that nobody wrote to for so long; their rows are gone."""
    for path in (projects_root / UPLOADS).glob(f"*{_SUFFIX}"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > seconds:
                path.unlink()
    for folder in (projects_root / UPLOADS).glob("bundle-*"):
        with suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime > seconds:
                shutil.rmtree(folder, ignore_errors=True)
