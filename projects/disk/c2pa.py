"""Whether Content Credentials (C2PA) are in a file. Their presence only: no signature is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from projects.disk.sniff import HEAD_BYTES, sniff

# d8fec3d6-1b0e-483c-9297-5828877ec481, the type of the box that C2PA 1.0 and later put into MP4 and MOV
_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_ID3 = b"application/x-c2pa-manifest-store"
_LABEL = b"c2pa"
# more boxes, chunks or segments than that has no file that is what it says
_MOST = 100_000
_HEAD_OF_A_BOX = 1024
_MOST_ID3_BYTES = 64 * 1024 * 1024


def is_present(path: Path) -> bool | None:
    """None for a kind of file that is not looked into. OSError where it cannot be read."""
    with path.open("rb") as file:
        found = sniff(file.read(HEAD_BYTES))
        look = _LOOKS.get(found.reader) if found else None
        if look is None:
            return None
        file.seek(0)
        return look(file, path.stat().st_size)


def _in_boxes(file: BinaryIO, size: int) -> bool:
    """MP4, MOV, M4A: a `uuid` box of C2PA's own, or a bare `jumb`, at the top level."""
    for position, kind in _boxes(file, size):
        file.seek(position)
        head = file.read(_HEAD_OF_A_BOX)
        if kind == b"uuid" and head.startswith(_BOX):
            return True
        if kind == b"jumb" and _LABEL in head:
            return True
    return False


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes]]:
    """Where the content of each box begins, and its type."""
    position = 0
    for _ in range(_MOST):
        file.seek(position)
        head = file.read(16)
        length, content = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, content = int.from_bytes(head[8:16], "big"), 16
        if len(head) < 8:
            return
        yield position + content, head[4:8]
        if length < 8 or position + length >= size:
            return
        position += length


def _in_png(file: BinaryIO, size: int) -> bool:
    """A chunk `caBX`."""
    position = 8
    for _ in range(_MOST):
        file.seek(position)
        head = file.read(8)
        if head[4:] in (b"caBX", b"IEND", b"") or len(head) < 8:
            return head[4:] == b"caBX"
        position += 12 + int.from_bytes(head[:4], "big")
    return False


def _in_jpeg(file: BinaryIO, size: int) -> bool:
    """A segment APP11 with a JUMBF box that says c2pa; all such segments stand before the picture."""
    position = 2
    for _ in range(_MOST):
        file.seek(position)
        head = file.read(4)
        # a picture begins with SOS, and a file may be padded with FF
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xDA, 0xD9):
            return False
        if head[1] == 0xFF:
            position += 1
            continue
        length = int.from_bytes(head[2:4], "big")
        if head[1] == 0xEB:
            content = file.read(min(length, _HEAD_OF_A_BOX))
            if content.startswith(b"JP") and b"jumb" in content and _LABEL in content:
                return True
        position += 2 + length
    return False


def _in_riff(file: BinaryIO, size: int) -> bool:
    """WebP, WAV: a chunk `C2PA`."""
    position = 12
    for _ in range(_MOST):
        file.seek(position)
        head = file.read(8)
        if len(head) < 8 or head[:4] == b"C2PA":
            return head[:4] == b"C2PA"
        length = int.from_bytes(head[4:], "little")
        position += 8 + length + length % 2
    return False


def _in_id3(file: BinaryIO, size: int) -> bool:
    """MP3: an object in the ID3 tag, which says how long it is in four times seven bits."""
    head = file.read(10)
    if not re.match(rb"ID3", head) or len(head) < 10:
        return False
    length = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(reversed(head[6:])))
    return _ID3 in file.read(min(length, _MOST_ID3_BYTES))


_LOOKS = {
    "mov": _in_boxes,
    "PNG": _in_png,
    "JPEG": _in_jpeg,
    "WEBP": _in_riff,
    "wav": _in_riff,
    "mp3": _in_id3,
}
