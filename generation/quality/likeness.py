"""How much a first frame and the prompt's picture have in common.

Pictures of the outdoors are all bright above and dark below, so brightness alone says little. What counts is how far
each point differs from its surroundings. The picture is cropped to the clip's shape, as Runway crops it, and tried at
some places and sizes, since the camera may move from the first frame on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from PIL import Image, ImageFilter, ImageOps

SIZE = (48, 27)
SURROUNDINGS = 4
# parts of the picture that the camera may see: how far from the corner, and how large
PLACES = [(0.0, 0.0, 1.0)] + [
    (left * (1 - size) / 2, top * (1 - size) / 2, size)
    for size in (0.94, 0.88)
    for left in (0, 1, 2)
    for top in (0, 1, 2)
]
# spread of brightness, of 255, below which there is nothing to compare but the colour
FLAT = 4.0
SAME_COLOUR = 40.0
# far beyond every threshold: most clips begin with the very picture, and the first comparison says so
ALIKE = 0.9


def likeness(prompt: Image.Image, frames: Sequence[Image.Image]) -> float:
    """0 to 1: the best of the frames (RGB), of which there must be one at least. From `ALIKE` on none is sought."""
    shaped = (ImageOps.fit(prompt, frames[0].size, Image.Resampling.BOX), prompt.resize(frames[0].size))
    others = [_Points(frame) for frame in frames]
    best = 0.0
    for view in (_Points(view) for one in shaped for view in _views(one)):
        best = max(best, *(_alike(view, other) for other in others))
        if best >= ALIKE:
            break
    return best


def _views(image: Image.Image) -> Iterator[Image.Image]:
    width, height = image.size
    for left, top, size in PLACES:
        box = (left * width, top * height, (left + size) * width, (top + size) * height)
        yield image.resize(SIZE, Image.Resampling.BOX, box=box)


class _Points:
    """A small picture as numbers: brightness, each with mean 0 and length 1, alone and against its surroundings."""

    def __init__(self, image: Image.Image) -> None:
        small = image.resize(SIZE, Image.Resampling.BOX)
        brightness = small.convert("L")
        around = brightness.filter(ImageFilter.BoxBlur(SURROUNDINGS)).tobytes()
        points = brightness.tobytes()
        self.colour = small.resize((1, 1), Image.Resampling.BOX).tobytes()
        self.flat, self.whole = _normal(points)
        _, self.detail = _normal([a - b for a, b in zip(points, around, strict=True)])


def _normal(values: Sequence[int]) -> tuple[bool, list[float]]:
    """Whether there is next to nothing in them, and the values with mean 0 and length 1."""
    mean = sum(values) / len(values)
    length = math.sqrt(sum((value - mean) ** 2 for value in values)) or 1.0
    return length < FLAT * math.sqrt(len(values)), [(value - mean) / length for value in values]


def _alike(one: _Points, other: _Points) -> float:
    if one.flat and other.flat:
        return 1.0 if math.dist(one.colour, other.colour) < SAME_COLOUR else 0.0
    whole = sum(a * b for a, b in zip(one.whole, other.whole, strict=True))
    detail = sum(a * b for a, b in zip(one.detail, other.detail, strict=True))
    return max(0.0, whole) * max(0.0, detail)
