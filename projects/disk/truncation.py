"""Whether all samples of a recording are in its file. Decoders often do not notice a file that was cut off.

What stands behind the last sample does not matter, and a header that states a wrong size does not either.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Literal

from av.container import InputContainer

from projects.disk.sniff import HEAD_BYTES

# boxes without which samples, or their places, are missing
_NEEDED_BOXES = (b"moov", b"moof", b"mdat", b"mfra")
# sizes that a recorder writes when it does not know the length yet: 0, and about 2 or 4 gigabytes, from which some
# subtract their header or a block (ffmpeg FFFFFFFF, SoX and eSpeak 7FFFF000, arecord 80000000)
_PLACEHOLDERS = (2**31, 2**32)
_NEAR_PLACEHOLDER = 2**20
# more than a real file has: the search of a forged one ends here
_MAX_BOXES = 1_000_000
_MAX_CHUNKS = 100_000


def check_boxes(path: Path, size: int) -> None:
    """Raise EOFError where an MP4 or MOV of `size` bytes ends within a box that says what is where.

    What is no box was appended by somebody, and ends the search. The samples of a file without fragments may be all
    there though their box states too much; `check_samples()` looks for each.
    """
    position, has_fragments = 0, False
    with path.open("rb") as file:
        for _ in range(_MAX_BOXES):
            if position + 8 > size:
                return
            file.seek(position)
            header = file.read(16)
            length, kind = int.from_bytes(header[:4], "big"), header[4:8]
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            has_fragments = has_fragments or kind == b"moof"
            # 0: the box reaches to the end; less than its own header: not a box, but something appended
            if length < 8:
                return
            if position + length > size:
                if kind in _NEEDED_BOXES and (kind != b"mdat" or has_fragments):
                    raise EOFError(f"box {kind!r} at {position} ends at {position + length} of {size}")
                return
            position += length
    raise ValueError(f"more than {_MAX_BOXES} boxes")


def check_samples(container: InputContainer, size: int) -> None:
    """Raise EOFError where an MP4 or MOV of `size` bytes, which was read to its end, lists a sample behind that."""
    for stream in (*container.streams.video, *container.streams.audio):
        end = max((entry.pos + entry.size for entry in stream.index_entries), default=0)
        if end > size:
            raise EOFError(f"the last sample of stream {stream.index} ends at {end} of {size}")


def check_wave(path: Path, size: int) -> None:
    """Raise EOFError where a WAV of `size` bytes has less sound than its header states, other than by a placeholder."""
    with path.open("rb") as file:
        start, stated = _wave_data(file, size)
    there = size - start
    if there <= 0:
        raise EOFError("there is no sound in it")
    # some writers state the size of the whole file
    if stated > size and not _is_placeholder(stated):
        raise EOFError(f"{there} of {stated} bytes of sound are there")


def _is_placeholder(stated: int) -> bool:
    return stated >= 2**62 or any(abs(stated - value) <= _NEAR_PLACEHOLDER for value in _PLACEHOLDERS)


def _wave_data(file: BinaryIO, size: int) -> tuple[int, int]:
    """Return where the sound of a WAV begins, and how many bytes its header states. Raise EOFError without sound."""
    order: Literal["big", "little"] = "big" if file.read(4) == b"RIFX" else "little"
    position, long_size = 12, None
    for _ in range(_MAX_CHUNKS):
        file.seek(position)
        head = file.read(24)
        kind, length = head[:4], int.from_bytes(head[4:8], order)
        if kind == b"ds64":
            # RF64 and BW64: the size of the file, then that of the sound, each with 64 bits
            long_size = int.from_bytes(head[16:24], order)
        elif kind == b"data":
            return position + 8, long_size if long_size is not None and length == 2**32 - 1 else length
        position += 8 + length + length % 2
        if position >= size:
            break
    raise EOFError("there is no sound in it")


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
