"""Frames of MP3 and AAC (ADTS): where they begin, and how long each is.

MP3: ISO/IEC 11172-3, 2.4.2.3, and 13818-3 for half the sample rates. ADTS: ISO/IEC 14496-3, 1.A.3.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SYNC = re.compile(rb"\xff[\xe0-\xff]")
# as many frames in a row are no chance
_FRAMES_IN_A_ROW = 4
# kilobits a second of Layer III, for MPEG-1 and for MPEG-2 and 2.5
_BIT_RATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


@dataclass(frozen=True)
class _Frame:
    """`stream` is what all frames of one stream have in common."""

    kind: str
    length: int
    stream: tuple[int, ...]


def frame_kind(data: bytes, position: int) -> str:
    """Return `mp3` or `aac` for the header of a frame at a position, and an empty string for anything else."""
    frame = _frame(data, position)
    return frame.kind if frame else ""


def first_frames(data: bytes) -> str:
    """Return `mp3` or `aac` for the first frames in a row that are found anywhere, and an empty string for none."""
    for match in _SYNC.finditer(data):
        frame = _frame(data, match.start())
        if frame and _is_followed(data, match.start(), frame):
            return frame.kind
    return ""


def _is_followed(data: bytes, position: int, frame: _Frame) -> bool:
    for _ in range(_FRAMES_IN_A_ROW - 1):
        position += frame.length
        following = _frame(data, position)
        if following is None or (following.kind, following.stream) != (frame.kind, frame.stream):
            return False
        frame = following
    return True


def _frame(data: bytes, position: int) -> _Frame | None:
    head = data[position : position + 7]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] >> 1 & 3
    if layer == 0:
        return _aac_frame(head)
    return _mp3_frame(head) if layer == 1 else None


def _aac_frame(head: bytes) -> _Frame | None:
    if head[1] & 0xF0 != 0xF0:
        return None
    length = int.from_bytes(head[3:6].ljust(3, b"\0"), "big") >> 5 & 0x1FFF
    # what follows must move on
    return _Frame("aac", max(7, length), (head[1], head[2] & 0xFC))


def _mp3_frame(head: bytes) -> _Frame | None:
    version, bit_rate, sample_rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bit_rate in (0, 15) or sample_rate == 3:
        return None
    slot, rates = (144, _BIT_RATES[0]) if version == 3 else (72, _BIT_RATES[1])
    hertz = _SAMPLE_RATES[version][sample_rate]
    length = slot * rates[bit_rate] * 1000 // hertz + (head[2] >> 1 & 1)
    return _Frame("mp3", length, (version, sample_rate))
