"""Whether a video file is as long as its header states. Decoders often do not notice a file that was cut off."""

from __future__ import annotations

from pathlib import Path

from projects.disk.sniff import HEAD_BYTES


def check_boxes(path: Path, size: int) -> None:
    """Raise EOFError where the last box of an MP4 or MOV file reaches past its `size` in bytes."""
    position = 0
    with path.open("rb") as file:
        while position + 8 <= size:
            file.seek(position)
            header = file.read(16)
            length = int.from_bytes(header[:4], "big")
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            # 0: the box reaches to the end; less than its own header: not a box, but something appended
            if length < 8:
                return
            if position + length > size:
                raise EOFError(f"box {header[4:8]!r} at {position} ends at {position + length} of {size}")
            position += length


def check_segment(path: Path, size: int) -> None:
    """Raise EOFError where the one segment of a Matroska or WebM file reaches past its `size` in bytes.

    A segment whose length was not known when it was recorded passes.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    start = head.find(b"\x18\x53\x80\x67") + 4
    if not 4 <= start <= HEAD_BYTES - 8:
        raise EOFError("no segment")
    # the zeros before the first set bit are how many bytes follow; all ones is "unknown"
    width = 9 - head[start].bit_length()
    if width > 8:
        raise EOFError("the segment has no size")
    length = int.from_bytes(head[start : start + width], "big") & (1 << 7 * width) - 1
    if length != (1 << 7 * width) - 1 and start + width + length > size:
        raise EOFError(f"the segment ends at {start + width + length} of {size}")
