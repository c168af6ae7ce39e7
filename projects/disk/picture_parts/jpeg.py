"""The parts of a JPEG file: the first picture, from its first marker to where its last scan ends.

Segments: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B. A phone puts a second picture (MPO), a film or notes of
its own behind the first picture, sometimes in place of the end marker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import BinaryIO

from projects.disk.picture_parts.parts import MAX_PARTS, PictureParts, Piece, Span, joined

SOI, EOI, SOS, DNL = 0xD8, 0xD9, 0xDA, 0xDC
END = bytes([0xFF, EOI])
_EXIF = b"Exif\0"
_MAX_EXIF_HEAD = 6
# segments that begin so are needed for the colors; other application segments and comments are not
_NEEDED = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_TABLES_AND_FRAMES = frozenset({*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD}) - {0xC8}
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)
# what may stand between two scans
_BETWEEN_SCANS = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xFE, SOS, *range(0xE0, 0xF0)})
_STANDALONE = frozenset({0x01, SOI, *range(0xD0, 0xD8)})
# every scan costs a decoder time for the whole picture; encoders make about ten
MAX_SCANS = 100
# within a scan FF 00 is data, and FF D0 to D7 are marks to find the way again; a few FF fill space before a marker, and
# so many that a decoder would take its time over them are the end
_MARKER = re.compile(rb"\xff(?:[^\x00\xff\xd0-\xd7]|\xff{1023})")
_FIRST_BYTES = 16
_BLOCK_BYTES = 2**20


@dataclass
class _Walk:
    """What was seen of a file up to `position`."""

    position: int = 2
    pieces: list[Piece] = field(default_factory=lambda: [Span(0, 2)])
    exif: bytes = b""
    scans: int = 0
    is_progressive: bool = False
    missing: dict[int, set[int]] = field(default_factory=dict)
    """By component: which of its 64 coefficients have not come in full."""

    @property
    def is_complete(self) -> bool:
        """Whether every component has come in full precision."""
        return self.scans > 0 and not any(self.missing.values())


def read_jpeg(file: BinaryIO, size: int) -> PictureParts:
    """Return the parts of a JPEG of `size` bytes; the end marker is added where it is missing.

    `has_end` says whether it was there; if not, the rows must be counted. Raise EOFError when scans are missing,
    ValueError for a file with more segments or scans than a real one.
    """
    walk = _Walk()
    for _ in range(MAX_PARTS):
        marker_at = _find_marker(file, walk.position, size)
        if marker_at is None:
            return _without_end(walk)
        file.seek(marker_at + 1)
        marker = file.read(1)[0]
        if marker == EOI:
            end = Span(marker_at, marker_at + 2)
            return PictureParts(joined([*walk.pieces, end]), walk.exif, is_progressive=walk.is_progressive)
        # behind a finished picture anything may stand
        if (walk.is_complete and marker != DNL) or not _take_segment(file, size, walk, marker_at, marker):
            return _without_end(walk)
    raise ValueError(f"more than {MAX_PARTS} segments")


def _without_end(walk: _Walk) -> PictureParts:
    if not walk.is_complete:
        raise EOFError("the picture ends before its last scan")
    return PictureParts(joined([*walk.pieces, END]), walk.exif, is_progressive=walk.is_progressive, has_end=False)


def _take_segment(file: BinaryIO, size: int, walk: _Walk, marker_at: int, marker: int) -> bool:
    """Read the segment at a marker; return whether it is one."""
    if marker in _STANDALONE:
        walk.position = marker_at + 2
        return True
    if walk.scans and marker not in _BETWEEN_SCANS:
        return False
    length = int.from_bytes(file.read(2), "big")
    end = marker_at + 2 + length
    if length < 2 or end > size:
        return False
    content = file.read(length - 2)
    walk.position = end
    if marker == SOS:
        end = walk.position = _scan(file, size, walk, content, end)
    _note_segment(walk, marker, content)
    if marker == SOS or marker in _TABLES_AND_FRAMES or content.startswith(_NEEDED.get(marker, b"\0none")):
        walk.pieces.append(Span(marker_at, end))
    return True


def _note_segment(walk: _Walk, marker: int, content: bytes) -> None:
    if marker == 0xE1 and content.startswith(_EXIF) and not walk.exif:
        walk.exif = content[_MAX_EXIF_HEAD:]
    elif marker in _FRAMES and len(content) >= 6:
        walk.is_progressive = marker in _PROGRESSIVE
        walk.missing = {content[6 + 3 * number]: set(range(64)) for number in range(content[5])}


def _scan(file: BinaryIO, size: int, walk: _Walk, header: bytes, start: int) -> int:
    """Note which coefficients a scan brings, and return where its data ends."""
    walk.scans += 1
    if walk.scans > MAX_SCANS:
        raise ValueError(f"more than {MAX_SCANS} scans")
    count = header[0]
    first, last, precision = header[1 + 2 * count : 4 + 2 * count]
    # the lower half says how many bits are still to come
    brought = set(range(first, last + 1)) if walk.is_progressive else set(range(64))
    if not walk.is_progressive or not precision & 15:
        for number in range(count):
            walk.missing.get(header[1 + 2 * number], set()).difference_update(brought)
    marker_at = _find_marker(file, start, size)
    return _before_fill_bytes(file, size if marker_at is None else marker_at)


def _before_fill_bytes(file: BinaryIO, end: int) -> int:
    """Return `end`, or where the FF begin that fill the space before it; a decoder may stumble over them."""
    while end:
        file.seek(max(0, end - _BLOCK_BYTES))
        block = file.read(min(end, _BLOCK_BYTES))
        kept = len(block.rstrip(b"\xff"))
        end -= len(block) - kept
        if kept:
            break
    return end


def _find_marker(file: BinaryIO, start: int, size: int) -> int | None:
    """Return where the next marker's last FF is, None when there is none."""
    # most often it is right here
    count = _FIRST_BYTES
    while start < size:
        file.seek(start)
        block = file.read(count)
        if match := _MARKER.search(block):
            return start + match.start()
        # the FF may be the last byte of this block
        start += max(1, len(block) - 1)
        count = _BLOCK_BYTES
    return None
