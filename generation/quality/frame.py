"""One frame of a clip, made small: whether it is black, whether it moved since another one, and its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass

import av
from av.video.reformatter import ColorRange, Interpolation
from PIL import Image, ImageChops, ImageStat

from generation.quality import thresholds as limit

# pixels of the brightness of a frame
MAX_WIDTH = 320
# one point of the coarse picture covers this many points of the fine one in each direction
PATCH = 5
# columns and rows of a fingerprint
GRID = 16
THUMBNAIL_WIDTH = 256


@dataclass(frozen=True)
class FrameSample:
    """A frame at a time in seconds; `fine` and `coarse` are its brightness, at most 320 and 64 points wide."""

    at: float
    fine: Image.Image
    coarse: Image.Image
    is_black: bool
    fingerprint: str


def sample_frame(frame: av.VideoFrame, at: float) -> FrameSample:
    """Return the sample of a frame that is shown `at` seconds after the first."""
    fine = _brightness(frame)
    return FrameSample(at, fine, fine.reduce(PATCH), is_black(fine), fingerprint(fine))


def _brightness(frame: av.VideoFrame) -> Image.Image:
    """Return 8 bits per point in studio range, whatever the clip's own format."""
    width, height = _scaled_size(frame, MAX_WIDTH)
    small = frame.reformat(
        width=width,
        height=height,
        format="yuv420p",
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.AREA,
    )
    plane = small.planes[0]
    return Image.frombytes("L", (width, height), bytes(plane), "raw", "L", plane.line_size)


def is_black(brightness: Image.Image) -> bool:
    """Return whether nearly all points of a picture in studio range are black."""
    counts = brightness.histogram()
    return sum(counts[: limit.BLACK_LUMA + 1]) >= limit.BLACK_SHARE * sum(counts)


def has_moved(before: FrameSample, after: FrameSample) -> bool:
    """Return whether anything differs: a little everywhere, or visibly in one place."""
    _, patch = ImageChops.difference(before.coarse, after.coarse).getextrema()
    if not isinstance(patch, tuple) and patch >= limit.FROZEN_PATCH:
        return True
    return ImageStat.Stat(ImageChops.difference(before.fine, after.fine)).mean[0] >= limit.FROZEN_MEAN


def fingerprint(brightness: Image.Image) -> str:
    """Return 256 bits as hexadecimal digits, which are similar for similar pictures.

    Each bit says which of two neighbors in a grid is brighter.
    """
    points = brightness.resize((GRID + 1, GRID), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(GRID):
        for column in range(GRID):
            index = row * (GRID + 1) + column
            bits = bits << 1 | (points[index] > points[index + 1])
    return f"{bits:064x}"


def _scaled_size(frame: av.VideoFrame, max_width: int) -> tuple[int, int]:
    width = min(max_width, frame.width)
    return width, max(1, round(frame.height * width / frame.width))
