"""The parts of a picture file that show the picture, and a file object that reads them as one file."""

from __future__ import annotations

import io
import itertools
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_PARTS = 200_000
"""More segments or chunks than a real file has: the search of a forged one ends here."""


@dataclass(frozen=True)
class Span:
    """The bytes of a file from `start` to `end`, which is exclusive."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


Piece = Span | bytes
"""Bytes of the file, or bytes that stand in their place."""


@dataclass(frozen=True)
class PictureParts:
    """The pieces of a picture file that show its picture, in order. Read together they are a file of that format."""

    pieces: tuple[Piece, ...]
    exif: bytes = b""
    """The EXIF data, from the TIFF header on; only its beginning where it is long."""
    is_animated: bool = False
    is_progressive: bool = False
    """Whether a JPEG is stored in several scans, which a decoder holds in memory together."""
    has_end: bool = True
    """False for a JPEG without an end marker: its last piece may go on behind the picture."""

    def __len__(self) -> int:
        """Return the number of bytes of all pieces."""
        return sum(map(len, self.pieces))

    def are_whole_file(self, size: int) -> bool:
        """Return whether a file of `size` bytes has nothing but these parts."""
        return len(self) == size and all(isinstance(piece, Span) for piece in self.pieces)

    def with_padding(self, padding: bytes) -> PictureParts:
        """Return the parts with `padding` before the last piece."""
        return replace(self, pieces=(*self.pieces[:-1], padding, self.pieces[-1]))


def joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return the pieces with neighboring spans as one. The last piece stays by itself."""
    result: list[Piece] = []
    *rest, last = pieces
    for piece in rest:
        before = result[-1] if result else None
        if isinstance(piece, Span) and isinstance(before, Span) and before.end == piece.start:
            result[-1] = Span(before.start, piece.end)
        elif len(piece):
            result.append(piece)
    return (*result, last)


class PartsFile(io.RawIOBase):
    """A read-only file that consists of pieces of another file. Closing it leaves the other one open."""

    def __init__(self, file: BinaryIO, parts: PictureParts) -> None:
        self._file = file
        self._pieces = parts.pieces
        self._starts = list(itertools.accumulate(map(len, parts.pieces[:-1]), initial=0))
        self._size = len(parts)
        self._position = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position within the pieces."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position within the pieces, and return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer with what one piece has at the position; return the number of bytes, 0 at the end."""
        view = memoryview(buffer).cast("B")
        if self._position >= self._size:
            return 0
        number = bisect_right(self._starts, self._position) - 1
        piece, offset = self._pieces[number], self._position - self._starts[number]
        data = self._bytes_of(piece, offset, min(len(view), len(piece) - offset))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _bytes_of(self, piece: Piece, offset: int, count: int) -> bytes:
        if isinstance(piece, bytes):
            return piece[offset : offset + count]
        self._file.seek(piece.start + offset)
        return self._file.read(count)
