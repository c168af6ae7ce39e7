"""Whether a video file is as long as it says. A decoder often does not notice: the first frames are there."""

from __future__ import annotations

from pathlib import Path

from projects.disk.sniff import HEAD


def check_boxes(path: Path, size: int) -> None:
    """The boxes of an MP4 or MOV say how long they are; the last must not reach past the end of the file."""
    position = 0
    with path.open("rb") as file:
        while position + 8 <= size:
            file.seek(position)
            header = file.read(16)
            length = int.from_bytes(header[:4], "big")
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            if length == 0:
                return
            if length < 8:
                return  # no box: something hung on behind
            if position + length > size:
                raise EOFError(f"box {header[4:8]!r} at {position} ends at {position + length} of {size}")
            position += length


def check_segment(path: Path, size: int) -> None:
    """The same for the one segment of a Matroska or WebM, unless its size was not known when it was recorded."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    start = head.find(b"\x18\x53\x80\x67") + 4
    if not 4 <= start <= HEAD - 8:
        raise EOFError("no segment")
    # the zeros before the first set bit tell how many bytes follow; all ones is "unknown"
    width = 9 - head[start].bit_length()
    if width > 8:
        raise EOFError("the segment has no size")
    length = int.from_bytes(head[start : start + width], "big") & (1 << 7 * width) - 1
    if length != (1 << 7 * width) - 1 and start + width + length > size:
        raise EOFError(f"the segment ends at {start + width + length} of {size}")
