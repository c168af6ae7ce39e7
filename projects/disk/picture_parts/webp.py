"""The parts of a WebP file.

Chunks: https://developers.google.com/speed/webp/docs/riff_container
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from projects.disk.picture_parts import exif
from projects.disk.picture_parts.parts import MAX_PARTS, PictureParts, Piece, Span, joined

_IMAGE = (b"VP8 ", b"VP8L")
_SAMPLES = (*_IMAGE, b"ALPH", b"ANMF")
_SHOWN = (*_SAMPLES, b"VP8X", b"ICCP", b"ANIM")
# bits of the header VP8X that announce chunks which are left out: EXIF and XMP
_LEFT_OUT = 0x08 | 0x04

Chunk = tuple[bytes, int, int]
"""Type, where the content begins, and its size in bytes."""


def read_webp(file: BinaryIO, size: int) -> PictureParts:
    """Return the parts of a WebP of `size` bytes, with a length that is right.

    Raise EOFError when the file ends within the picture, ValueError when it has more chunks than a real one.
    """
    chunks = list(_chunks(file, size))
    pieces = [piece for chunk in chunks if chunk[0] in _SHOWN for piece in _pieces_of(file, chunk, size)]
    head = b"RIFF" + struct.pack("<I", 4 + sum(map(len, pieces))) + b"WEBP"
    file.seek(0)
    first: Piece = Span(0, 12) if file.read(12) == head else head
    exif_data = next((_content(file, chunk, exif.HEAD_BYTES) for chunk in chunks if chunk[0] == b"EXIF"), b"")
    frames = sum(kind == b"ANMF" for kind, _, _ in chunks)
    return PictureParts(joined([first, *pieces]), exif_data, is_animated=frames > 1)


def _chunks(file: BinaryIO, size: int) -> Iterator[Chunk]:
    file.seek(4)
    stated = 8 + int.from_bytes(file.read(4), "little")
    # a length of 0 or of more than there is was never corrected, or the end is missing: the chunks tell
    end = stated if 20 <= stated <= size else size
    position = 12
    for _ in range(MAX_PARTS):
        file.seek(position)
        head = file.read(8)
        kind, length = head[:4], int.from_bytes(head[4:], "little")
        if position + 8 > end or len(head) < 8:
            return
        if position + 8 + length > size:
            if kind in _SAMPLES:
                raise EOFError(f"{kind!r} at {position} ends at {position + 8 + length} of {size}")
            return
        yield kind, position + 8, length
        position += 8 + length + length % 2
    raise ValueError(f"more than {MAX_PARTS} chunks")


def _pieces_of(file: BinaryIO, chunk: Chunk, size: int) -> list[Piece]:
    kind, start, length = chunk
    if kind == b"VP8X" and length >= 1 and _content(file, chunk, 1)[0] & _LEFT_OUT:
        flags = _content(file, chunk, 1)[0] & ~_LEFT_OUT
        return [Span(start - 8, start), bytes([flags]), Span(start + 1, start + length + length % 2)]
    if length % 2 and start + length == size:
        return [Span(start - 8, size), b"\0"]
    return [Span(start - 8, start + length + length % 2)]


def _content(file: BinaryIO, chunk: Chunk, limit: int) -> bytes:
    _, start, length = chunk
    file.seek(start)
    return file.read(min(limit, length))
