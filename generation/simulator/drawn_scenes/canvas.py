"""Brushes over Pillow: gradients, soft light, haze, silhouettes, grain.

Points are fractions of the picture: x from 0 (left) to 1, y from 0 (top) to 1. Sizes are fractions of its height.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Color = tuple[int, int, int]
Point = tuple[float, float]
Brush = Callable[[ImageDraw.ImageDraw], None]

# what Pillow's radial gradient has in the middle of an edge; it has 255 in the corners
EDGE = 181


class Canvas:
    """A picture being drawn; the same variant gives the same picture.

    `image` is RGB and twice as large as the picture, so that edges come out smooth.
    """

    def __init__(self, width: int, height: int, variant: int) -> None:
        self.width, self.height = width * 2, height * 2
        self.image = Image.new("RGB", (self.width, self.height))
        self.random = random.Random(variant)  # noqa: S311 - for drawing, not for secrets

    def at(self, point: Point) -> Point:
        """Return the pixel of a point."""
        return point[0] * self.width, point[1] * self.height

    def box(self, point: Point, across: float, down: float) -> tuple[float, float, float, float]:
        """Return the box around a point, in pixels; `across` and `down` are half its width and height."""
        x, y = self.at(point)
        return x - across * self.height, y - down * self.height, x + across * self.height, y + down * self.height

    def gradient(self, stops: Sequence[tuple[float, Color]], top: float = 0, bottom: float = 1) -> None:
        """Fill from `top` to `bottom` with colors that blend; stops are fractions of that span."""
        first, last = round(top * self.height), round(bottom * self.height)
        column = Image.new("RGB", (1, last - first))
        column.putdata([_blend(stops, y / max(last - first - 1, 1)) for y in range(last - first)])
        self.image.paste(column.resize((self.width, last - first)), (0, first))

    def glow(self, point: Point, radius: float, color: Color, strength: float = 1.0, stretch: float = 1.0) -> None:
        """Add light around a point; `stretch` is its width divided by its height."""
        left, top, right, bottom = (round(edge) for edge in self.box(point, radius * stretch, radius))
        falloff = Image.radial_gradient("L").point(lambda value: max(0, 1 - value / EDGE) ** 2 * 255 * strength)
        size = (max(right - left, 1), max(bottom - top, 1))
        self._screen(falloff.resize(size, Image.Resampling.BICUBIC), color, (left, top))

    def paint(self, color: Color, brush: Brush, blur: float = 0, strength: float = 1.0) -> None:
        """Paint whatever the brush fills with 255 in one color."""
        mask, corner = self._mask(brush, blur, strength)
        self.image.paste(color, corner, mask)

    def light(self, color: Color, brush: Brush, blur: float = 0, strength: float = 1.0) -> None:
        """Do as `paint` does, but add the color to what is there, as light does."""
        mask, corner = self._mask(brush, blur, strength)
        self._screen(mask, color, corner)

    def _screen(self, mask: Image.Image, color: Color, corner: tuple[int, int]) -> None:
        light = Image.merge("RGB", [mask.point(lambda value, part=part: value * part / 255) for part in color])
        area = (*corner, corner[0] + mask.width, corner[1] + mask.height)
        self.image.paste(ImageChops.screen(self.image.crop(area), light), corner)

    def _mask(self, brush: Brush, blur: float, strength: float) -> tuple[Image.Image, tuple[int, int]]:
        """Return what a brush paints, cropped to it, and the pixel of its top left corner."""
        mask = Image.new("L", self.image.size)
        brush(ImageDraw.Draw(mask))
        radius = blur * self.height
        left, top, right, bottom = mask.getbbox() or (0, 0, 1, 1)
        margin = math.ceil(radius * 3)
        # cropped to the picture, so that what runs out of it does not fade at its edges
        left, top = max(0, left - margin), max(0, top - margin)
        mask = mask.crop((left, top, min(self.width, right + margin), min(self.height, bottom + margin)))
        mask = mask.filter(ImageFilter.GaussianBlur(radius)) if radius else mask
        return mask.point(lambda value: value * strength), (left, top)

    def shape(self, points: Sequence[Point]) -> Brush:
        """Return a brush that fills the polygon between points."""
        corners = [self.at(point) for point in points]
        return lambda pen: pen.polygon(corners, fill=255)

    def ridge(self, color: Color, outline: Callable[[float], float], blur: float = 0) -> None:
        """Paint everything below the line y = outline(x)."""
        line = [(x, outline(x)) for x in fractions(400)]
        self.paint(color, self.shape([*line, (1, 1.1), (0, 1.1)]), blur)

    def finish(self, grain: float = 6) -> Image.Image:
        """Return the picture in its own size, with darker corners and grain, as on film."""
        picture = self.image.reduce(2)
        corners = ImageChops.invert(Image.radial_gradient("L")).point(lambda value: min(255, 150 + value * 0.9))
        vignette = corners.resize(picture.size, Image.Resampling.BICUBIC)
        picture = ImageChops.multiply(picture, Image.merge("RGB", [vignette] * 3))
        noise = Image.effect_noise(picture.size, grain).filter(ImageFilter.GaussianBlur(0.6))
        return ImageChops.overlay(picture, Image.merge("RGB", [noise] * 3))


def _blend(stops: Sequence[tuple[float, Color]], at: float) -> Color:
    for (start, first), (end, second) in itertools.pairwise(stops):
        if at <= end:
            along = (at - start) / (end - start)
            eased = along * along * (3 - 2 * along)
            return tuple(round(a + (b - a) * eased) for a, b in zip(first, second, strict=True))  # type: ignore[return-value]
    return stops[-1][1]


def fractions(count: int) -> list[float]:
    """Return 0 to 1 in `count` equal steps, both ends included."""
    return [index / count for index in range(count + 1)]


def bell(x: float, center: float, width: float) -> float:
    """Return the height of a bell curve, 0 to 1, at x."""
    return math.exp(-(((x - center) / width) ** 2))
