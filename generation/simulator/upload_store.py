"""Files that were uploaded in advance, in one folder; the age of an upload is that of its file."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import BinaryIO

from generation.simulator.api_errors import ApiError
from projects.disk.atomic import IncomingFile, remove_abandoned

# bounds and lifetime: https://docs.dev.runwayml.com/assets/uploads
UPLOAD_SECONDS = 24 * 3600
MIN_BYTES, MAX_BYTES = 512, 200 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024


class UploadStore:
    """The uploads under `home`, each a file named by its id."""

    def __init__(self, home: Path) -> None:
        self._home = home
        home.mkdir(parents=True, exist_ok=True)

    def new_id(self) -> str:
        """Return an id for an upload: 32 hexadecimal digits."""
        return uuid.uuid4().hex

    def store(self, upload_id: str, file: BinaryIO) -> None:
        """Keep a file. Raise ApiError when it is too small, and TooLarge (projects.disk.atomic) when too large."""
        with IncomingFile(self._home, MAX_BYTES) as incoming:
            while chunk := file.read(CHUNK_BYTES):
                incoming.write(chunk)
            if incoming.size < MIN_BYTES:
                raise ApiError(400, f"Your proposed upload is smaller than the minimum of {MIN_BYTES} bytes.")
            incoming.replace(upload_id)

    def read(self, upload_id: str, now: float) -> bytes | None:
        """Return the bytes of an upload; None when it does not exist or has expired. `now` is a Unix time."""
        path = self._home / upload_id
        return path.read_bytes() if path.exists() and now - path.stat().st_mtime < UPLOAD_SECONDS else None

    def delete_expired(self, now: float) -> None:
        """Delete expired uploads, and what dead processes left of unfinished ones."""
        remove_abandoned(self._home)
        for path in self._home.iterdir():
            if now - path.stat().st_mtime >= UPLOAD_SECONDS:
                path.unlink()
