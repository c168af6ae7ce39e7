"""Where an MP4, MOV or M4A says where it was recorded, so that a copy can be made without that.

A phone writes the place as text into `moov`: as `©xyz` or `loci` in `udta`, or under a key in `meta` (QuickTime File
Format, "Metadata"; 3GPP TS 26.244, 8.10). Editors add XMP, as a box `uuid`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from projects.disk.sniff import sniff_file

_DESCRIPTIONS = (b"udta", b"meta", b"uuid")
_CONTAINERS = (b"moov", b"trak")
_SIGNS = (b"\xa9xyz", b"loci", b"location", b"GPS")
# a description is small, unless somebody forged it
_MAX_DESCRIPTION_BYTES = 16 * 2**20
_MAX_BOXES = 100_000

Box = tuple[bytes, int, int, int]
"""Type, where the box begins, where its content begins, and where it ends."""


def boxes_with_place(path: Path) -> list[tuple[int, int, int]]:
    """Return each box that tells the place of a recording: where it begins, its content begins, and it ends.

    Raise OSError.
    """
    format = sniff_file(path)
    if format is None or format.reader != "mov":
        return []
    with path.open("rb") as file:
        return [box[1:] for box in _boxes_with_place(file, 0, path.stat().st_size)]


def blank_boxes(path: Path, boxes: list[tuple[int, int, int]]) -> None:
    """Make boxes of a file into free space of the same size, so that all else stays where it is. Raise OSError."""
    with path.open("r+b") as file:
        for start, content, end in boxes:
            file.seek(start + 4)
            file.write(b"free")
            file.seek(content)
            file.write(bytes(end - content))


def _boxes_with_place(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    for box in _boxes(file, start, end):
        kind, _, content, box_end = box
        if kind in _CONTAINERS:
            yield from _boxes_with_place(file, content, box_end)
        elif kind in _DESCRIPTIONS:
            file.seek(content)
            text = file.read(min(box_end - content, _MAX_DESCRIPTION_BYTES))
            if any(sign in text for sign in _SIGNS):
                yield box


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two places of a file; the last one may end before its header says."""
    for _ in range(_MAX_BOXES):
        file.seek(start)
        head = file.read(16)
        length, content = int.from_bytes(head[:4], "big"), start + 8
        if length == 1:
            length, content = int.from_bytes(head[8:16], "big"), start + 16
        # 0: to the end
        box_end = min(end, start + length) if length else end
        if len(head) < 8 or box_end < content:
            return
        yield head[4:8], start, content, box_end
        start = box_end
