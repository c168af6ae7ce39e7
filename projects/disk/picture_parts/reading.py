"""Opens the parts of a picture file that show its picture, whatever stands before, beside or behind them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from projects.disk.picture_parts.jpeg import read_jpeg
from projects.disk.picture_parts.parts import PartsFile, PictureParts
from projects.disk.picture_parts.png import read_png
from projects.disk.picture_parts.webp import read_webp
from projects.disk.sniff import Format

_READERS = {"JPEG": read_jpeg, "PNG": read_png, "WEBP": read_webp}


def picture_parts(path: Path, format: Format) -> PictureParts:
    """Return the parts of a JPEG, PNG or WebP that show its picture.

    Raise OSError, EOFError when the file is cut off, and IndexError or ValueError when it is damaged.
    """
    with path.open("rb") as file:
        return _READERS[format.reader](file, path.stat().st_size)


@contextmanager
def opened_parts(path: Path, parts: PictureParts) -> Iterator[BinaryIO]:
    """Give the parts of a file as one file, read from the disk as needed. Raise OSError."""
    with path.open("rb") as file, io.BufferedReader(PartsFile(file, parts)) as reader:
        yield reader
