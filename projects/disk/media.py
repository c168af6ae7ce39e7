"""A media file that was read whole: kind, type, size in bytes and pixels, length and hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from projects.disk.sniff import Kind


@dataclass(frozen=True)
class Media:
    """A whole media file of one of our formats."""

    kind: Kind
    mime_type: str
    suffix: str
    """The ending of its name that fits the content, such as `.jpg`."""
    bytes: int
    sha256: str
    width: int | None
    """Pixels as shown, rotation applied; None for sound."""
    height: int | None
    duration: float | None
    """Seconds; None for pictures."""
    has_sound: bool | None = None
    """None where it is not known, and for pictures."""


def sha256_of(path: Path) -> str:
    """Return a file's hexadecimal SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
