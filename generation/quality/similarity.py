"""How much the first frames of a clip and the prompt's picture have in common.

Outdoor pictures are all bright above and dark below, so brightness alone says little. What counts is how much each
point differs from its surroundings. The picture is cropped to the clip's shape, as Runway crops it, and compared at
several positions and sizes, since the camera may move from the first frame on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from operator import mul, sub

from PIL import Image, ImageFilter, ImageOps

# width and height of the compared pictures
SIZE = (48, 27)
BLUR_RADIUS = 4
# parts of the picture that the camera may show: left, top and size, as fractions
CROPS = [(0.0, 0.0, 1.0)] + [
    (left * (1 - size) / 2, top * (1 - size) / 2, size)
    for size in (0.94, 0.88)
    for left in (0, 1, 2)
    for top in (0, 1, 2)
]
# standard deviation of brightness (0 to 255) below which only the color can be compared
FLAT_DEVIATION = 4.0
# distance between two colors that count as the same
SAME_COLOR = 40.0
# far above every threshold: most clips begin with the very picture, and then the first comparison is enough
CERTAIN = 0.9


def picture_similarity(prompt: Image.Image, frames: Sequence[Image.Image]) -> float:
    """Return 0 to 1 for the most similar of the frames; from `CERTAIN` on, no better one is looked for.

    All pictures are RGB, the frames of one size, and there is at least one.
    """
    fitted = (ImageOps.fit(prompt, frames[0].size, Image.Resampling.BOX), prompt.resize(frames[0].size))
    signatures = [_Signature(frame) for frame in frames]
    best = 0.0
    for view in (_Signature(crop) for picture in fitted for crop in _crops(picture)):
        best = max(best, *(_similarity(view, signature) for signature in signatures))
        if best >= CERTAIN:
            break
    return best


def _crops(image: Image.Image) -> Iterator[Image.Image]:
    width, height = image.size
    for left, top, size in CROPS:
        box = (left * width, top * height, (left + size) * width, (top + size) * height)
        yield image.resize(SIZE, Image.Resampling.BOX, box=box)


class _Signature:
    """A small picture as vectors of mean 0 and length 1: its brightness, and its difference to the surroundings."""

    def __init__(self, image: Image.Image) -> None:
        small = image.resize(SIZE, Image.Resampling.BOX)
        brightness = small.convert("L")
        blurred = brightness.filter(ImageFilter.BoxBlur(BLUR_RADIUS)).tobytes()
        points = brightness.tobytes()
        self.color = small.resize((1, 1), Image.Resampling.BOX).tobytes()
        self.is_flat, self.brightness = _normalize(points)
        _, self.detail = _normalize([*map(sub, points, blurred)])


def _normalize(values: Sequence[int]) -> tuple[bool, list[float]]:
    """Return whether the values hardly vary, and the values with mean 0 and length 1."""
    mean = sum(values) / len(values)
    differences = [value - mean for value in values]
    length = math.hypot(*differences) or 1.0
    return length < FLAT_DEVIATION * math.sqrt(len(values)), [difference / length for difference in differences]


def _similarity(one: _Signature, other: _Signature) -> float:
    if one.is_flat and other.is_flat:
        return 1.0 if math.dist(one.color, other.color) < SAME_COLOR else 0.0
    # hundreds of these for each clip: a loop in C takes a third of the time
    brightness: float = sum(map(mul, one.brightness, other.brightness))
    detail: float = sum(map(mul, one.detail, other.detail))
    return max(0.0, brightness) * max(0.0, detail)
