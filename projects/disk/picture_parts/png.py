"""The parts of a PNG file. Texts, profiles and whatever else is packed in it are not unpacked, however large they are.

Chunks: https://www.w3.org/TR/png-3/#11Chunks
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from projects.disk.picture_parts import exif
from projects.disk.picture_parts.parts import MAX_PARTS, PictureParts, Piece, Span, joined

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# a larger color profile is refused by Pillow, and perhaps by others
_MAX_PROFILE_BYTES = 2**20
_MAX_PACKED_PROFILE_BYTES = 4 * 2**20
_CRITICAL = (b"IHDR", b"PLTE", b"IDAT")
# chunks without which the colors would be others, and their sizes
_COLORS = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"cICP": 4}
_BLOCK_BYTES = 2**20


@dataclass(frozen=True)
class _Chunk:
    """A chunk whose content begins at `start`; `size` is what its header states, `end` where its content ends here."""

    kind: bytes
    start: int
    size: int
    end: int

    @property
    def is_cut(self) -> bool:
        return self.end < self.start + self.size


def read_png(file: BinaryIO, size: int) -> PictureParts:
    """Return the parts of a PNG of `size` bytes. A missing end is added: the decoder notices missing rows.

    Raise ValueError for a file with more chunks than a real one.
    """
    pieces: list[Piece] = [Span(0, len(SIGNATURE))]
    end: Piece = _made_chunk(b"IEND", b"")
    exif_data, frames = b"", 0
    for chunk in _chunks(file, size):
        if chunk.kind == b"IEND":
            end = Span(chunk.start - 8, chunk.end + 4) if _has_right_checksum(file, chunk) else end
            break
        if chunk.kind == b"eXIf":
            exif_data = _content(file, chunk, exif.HEAD_BYTES)
        elif chunk.kind == b"acTL":
            frames = int.from_bytes(_content(file, chunk, 4), "big")
        pieces += _pieces_of(file, chunk, size)
    return PictureParts(joined([*pieces, end]), exif_data, is_animated=frames > 1)


def _chunks(file: BinaryIO, size: int) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    position = len(SIGNATURE)
    while position + 8 <= size:
        file.seek(position)
        length, kind = struct.unpack(">I4s", file.read(8))
        # something that is no chunk: the picture ended without saying so
        if not kind.isalpha():
            break
        chunks.append(_Chunk(kind, position + 8, length, min(position + 8 + length, size)))
        if kind == b"IEND":
            break
        if len(chunks) > MAX_PARTS:
            raise ValueError(f"more than {MAX_PARTS} chunks")
        position += length + 12
    return chunks


def _pieces_of(file: BinaryIO, chunk: _Chunk, size: int) -> list[Piece]:
    """Return a chunk if it shows something, with a right length and checksum where the file ends within it."""
    if chunk.kind in _CRITICAL:
        if chunk.end + 4 <= size and not chunk.is_cut:
            return [Span(chunk.start - 8, chunk.end + 4)]
        head = struct.pack(">I4s", chunk.end - chunk.start, chunk.kind)
        return [head, Span(chunk.start, chunk.end), _checksum(file, chunk)]
    is_sound = not chunk.is_cut and _shows_colors(file, chunk) and _has_right_checksum(file, chunk)
    return [Span(chunk.start - 8, chunk.end + 4)] if is_sound else []


def _shows_colors(file: BinaryIO, chunk: _Chunk) -> bool:
    if chunk.kind == b"iCCP":
        return _is_usable_profile(file, chunk)
    return chunk.kind == b"tRNS" or _COLORS.get(chunk.kind) == chunk.size


def _is_usable_profile(file: BinaryIO, chunk: _Chunk) -> bool:
    """Return whether a color profile can be unpacked, and is not larger than decoders allow."""
    if chunk.size > _MAX_PACKED_PROFILE_BYTES:
        return False
    _, _, packed = _content(file, chunk, chunk.size).partition(b"\0")
    inflater = zlib.decompressobj()
    try:
        # the first byte names the method
        inflater.decompress(packed[1:], _MAX_PROFILE_BYTES)
    except zlib.error:
        return False
    return inflater.eof


def _has_right_checksum(file: BinaryIO, chunk: _Chunk) -> bool:
    file.seek(chunk.end)
    return file.read(4) == _checksum(file, chunk)


def _checksum(file: BinaryIO, chunk: _Chunk) -> bytes:
    """Return the checksum that a chunk's type and content should have."""
    value, remaining = zlib.crc32(chunk.kind), chunk.end - chunk.start
    file.seek(chunk.start)
    while remaining and (block := file.read(min(_BLOCK_BYTES, remaining))):
        value = zlib.crc32(block, value)
        remaining -= len(block)
    return value.to_bytes(4, "big")


def _content(file: BinaryIO, chunk: _Chunk, limit: int) -> bytes:
    file.seek(chunk.start)
    return file.read(min(limit, chunk.end - chunk.start))


def _made_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content), kind) + content + zlib.crc32(kind + content).to_bytes(4, "big")
