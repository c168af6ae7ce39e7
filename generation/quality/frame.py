"""A frame made small: whether it is black, whether anything has moved since another, and its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass

import av
from av.video.reformatter import ColorRange, Interpolation
from PIL import Image, ImageChops, ImageStat

from generation.quality import thresholds as limit

WIDTH = 320
# patches of the coarse picture are so many points of the fine one wide
PATCH = 5
# a fingerprint compares neighbours in a grid of so many columns and rows
GRID = 16
THUMBNAIL = 256


@dataclass(frozen=True)
class Seen:
    """A moment of a clip."""

    at: float
    """Seconds from its first frame."""
    fine: Image.Image
    """Brightness, `WIDTH` wide or less."""
    coarse: Image.Image
    dark: bool
    fingerprint: str


def see(frame: av.VideoFrame, at: float) -> Seen:
    fine = _brightness(frame)
    return Seen(at, fine, fine.reduce(PATCH), is_black(fine), fingerprint(fine))


def _brightness(frame: av.VideoFrame) -> Image.Image:
    """8 bits in studio range, whatever the clip's own format."""
    width = min(WIDTH, frame.width)
    height = max(1, round(frame.height * width / frame.width))
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
    counts = brightness.histogram()
    return sum(counts[: limit.BLACK_LUMA + 1]) >= limit.BLACK_SHARE * sum(counts)


def has_moved(before: Seen, after: Seen) -> bool:
    """Anything at all: everywhere a little, or in one place visibly."""
    _, patch = ImageChops.difference(before.coarse, after.coarse).getextrema()
    if not isinstance(patch, tuple) and patch >= limit.FROZEN_PATCH:
        return True
    return ImageStat.Stat(ImageChops.difference(before.fine, after.fine)).mean[0] >= limit.FROZEN_MEAN


def fingerprint(brightness: Image.Image) -> str:
    """256 bits as hex: which of two neighbours in a grid is the brighter one. Alike for what looks alike."""
    points = brightness.resize((GRID + 1, GRID), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(GRID):
        for column in range(GRID):
            place = row * (GRID + 1) + column
            bits = bits << 1 | (points[place] > points[place + 1])
    return f"{bits:064x}"


def bits_apart(one: list[str], other: list[str]) -> float:
    """The mean over all moments; endless where the two were not looked at alike."""
    if not one or len(one) != len(other):
        return float("inf")
    return sum((int(a, 16) ^ int(b, 16)).bit_count() for a, b in zip(one, other, strict=True)) / len(one)


def picture(frame: av.VideoFrame, width: int) -> Image.Image:
    """RGB, at most `width` wide, as it is shown."""
    width = min(width, frame.width)
    height = max(1, round(frame.height * width / frame.width))
    image: Image.Image = frame.to_image(width=width, height=height)  # type: ignore[no-untyped-call]
    return image.rotate(frame.rotation, expand=True) if frame.rotation else image
