"""Finds the picture as it came, in `images/originals/`, by the name of the one that was made of it."""

from __future__ import annotations

from pathlib import Path

from projects.disk.convertible import SUFFIXES
from projects.disk.layout import ORIGINALS
from projects.disk.tree import list_files


def find_original(picture: Path) -> Path | None:
    """Return the original of a picture: both got the same name when they were stored, but for its ending."""
    candidates = list_files(picture.parent / ORIGINALS)
    return next((p for p in candidates if p.stem == picture.stem and p.suffix.lower() in SUFFIXES), None)
