"""Whether Content Credentials (C2PA) are in a file: only that they are there, no signature is verified."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from projects.disk.sniff import HEAD_BYTES, sniff

# d8fec3d6-1b0e-483c-9297-5828877ec481, the type of the box that C2PA 1.0 and later put into MP4 and MOV
_C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_ID3_MIME_TYPE = b"application/x-c2pa-manifest-store"
_LABEL = b"c2pa"
# more boxes, chunks or segments than a real file has: the search of a forged one ends here
_MAX_PARTS = 100_000
_PART_HEAD_BYTES = 1024
_MAX_ID3_BYTES = 64 * 1024 * 1024


def has_content_credentials(path: Path) -> bool | None:
    """Return whether Content Credentials are in a file; None for a format that is not searched. Raise OSError."""
    with path.open("rb") as file:
        format = sniff(file.read(HEAD_BYTES))
        search = _SEARCHES.get(format.reader) if format else None
        if search is None:
            return None
        file.seek(0)
        return search(file, path.stat().st_size)


def _in_boxes(file: BinaryIO, size: int) -> bool:
    """Search MP4, MOV, M4A for C2PA's own `uuid` box, or a bare `jumb`, at the top level."""
    for position, kind in _boxes(file, size):
        file.seek(position)
        head = file.read(_PART_HEAD_BYTES)
        if kind == b"uuid" and head.startswith(_C2PA_BOX):
            return True
        if kind == b"jumb" and _LABEL in head:
            return True
    return False


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield where the content of each box begins, and the box's type."""
    position = 0
    for _ in range(_MAX_PARTS):
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
    """Search a PNG for a chunk `caBX`."""
    position = 8
    for _ in range(_MAX_PARTS):
        file.seek(position)
        head = file.read(8)
        if head[4:] in (b"caBX", b"IEND", b"") or len(head) < 8:
            return head[4:] == b"caBX"
        position += 12 + int.from_bytes(head[:4], "big")
    return False


def _in_jpeg(file: BinaryIO, size: int) -> bool:
    """Search a JPEG for a segment APP11 with a JUMBF box labeled c2pa; all of these come before the picture."""
    position = 2
    for _ in range(_MAX_PARTS):
        file.seek(position)
        head = file.read(4)
        # SOS begins the picture, EOI ends the file
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xDA, 0xD9):
            return False
        if head[1] == 0xFF:
            # padding
            position += 1
            continue
        length = int.from_bytes(head[2:4], "big")
        if head[1] == 0xEB:
            content = file.read(min(length, _PART_HEAD_BYTES))
            if content.startswith(b"JP") and b"jumb" in content and _LABEL in content:
                return True
        position += 2 + length
    return False


def _in_riff(file: BinaryIO, size: int) -> bool:
    """Search WebP or WAV for a chunk `C2PA`."""
    position = 12
    for _ in range(_MAX_PARTS):
        file.seek(position)
        head = file.read(8)
        if len(head) < 8 or head[:4] == b"C2PA":
            return head[:4] == b"C2PA"
        length = int.from_bytes(head[4:], "little")
        position += 8 + length + length % 2
    return False


def _in_id3(file: BinaryIO, size: int) -> bool:
    """Search an MP3 for an object in its ID3 tag, whose length is written in four times seven bits."""
    head = file.read(10)
    if not head.startswith(b"ID3") or len(head) < 10:
        return False
    length = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(reversed(head[6:])))
    return _ID3_MIME_TYPE in file.read(min(length, _MAX_ID3_BYTES))


_SEARCHES = {
    "mov": _in_boxes,
    "PNG": _in_png,
    "JPEG": _in_jpeg,
    "WEBP": _in_riff,
    "wav": _in_riff,
    "mp3": _in_id3,
}
"""By the name of the format's reader."""
