"""A small set of brushes over Pillow: gradients, soft light, haze, silhouettes, grain. Places are parts of the picture:
x from 0 (left) to 1, y from 0 (top) to 1; sizes are parts of its height."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Place = tuple[float, float]
Brush = Callable[[ImageDraw.ImageDraw], None]

# what Pillow's radial gradient has at the middle of its edges; 255 is at its corners
EDGE = 181


class Canvas:
    """`image` is RGB and twice as large as the picture asked for, so that edges come out smooth."""

    def __init__(self, width: int, height: int, variant: int) -> None:
        self.width, self.height = width * 2, height * 2
        self.image = Image.new("RGB", (self.width, self.height))
        self.chance = random.Random(variant)  # noqa: S311 - the same variant gives the same picture

    def at(self, place: Place) -> Place:
        return place[0] * self.width, place[1] * self.height

    def box(self, place: Place, across: float, down: float) -> tuple[float, float, float, float]:
        """Around a place; `across` and `down` are half sizes in parts of the height."""
        x, y = self.at(place)
        return x - across * self.height, y - down * self.height, x + across * self.height, y + down * self.height

    def sky(self, stops: Sequence[tuple[float, Colour]], top: float = 0, bottom: float = 1) -> None:
        """Fill from `top` to `bottom` with colours that flow into each other; each stop is a part of that span."""
        first, last = round(top * self.height), round(bottom * self.height)
        column = Image.new("RGB", (1, last - first))
        column.putdata([_between(stops, y / max(last - first - 1, 1)) for y in range(last - first)])
        self.image.paste(column.resize((self.width, last - first)), (0, first))

    def glow(self, place: Place, radius: float, colour: Colour, strength: float = 1.0, stretch: float = 1.0) -> None:
        """Add light around a place; `stretch` makes it wider than high."""
        left, top, right, bottom = (round(edge) for edge in self.box(place, radius * stretch, radius))
        fall = Image.radial_gradient("L").point(lambda value: max(0, 1 - value / EDGE) ** 2 * 255 * strength)
        size = (max(right - left, 1), max(bottom - top, 1))
        self._screen(fall.resize(size, Image.Resampling.BICUBIC), colour, (left, top))

    def paint(self, colour: Colour, draw: Brush, blur: float = 0, strength: float = 1.0) -> None:
        """Whatever `draw` fills with 255, in one colour; `blur` in parts of the height."""
        mask, corner = self._mask(draw, blur, strength)
        self.image.paste(colour, corner, mask)

    def light(self, colour: Colour, draw: Brush, blur: float = 0, strength: float = 1.0) -> None:
        """As `paint`, but added to what is there, as light is."""
        mask, corner = self._mask(draw, blur, strength)
        self._screen(mask, colour, corner)

    def _screen(self, mask: Image.Image, colour: Colour, corner: tuple[int, int]) -> None:
        light = Image.merge("RGB", [mask.point(lambda value, part=part: value * part / 255) for part in colour])
        area = (*corner, corner[0] + mask.width, corner[1] + mask.height)
        self.image.paste(ImageChops.screen(self.image.crop(area), light), corner)

    def _mask(self, draw: Brush, blur: float, strength: float) -> tuple[Image.Image, tuple[int, int]]:
        """No larger than what was drawn, and where its corner is."""
        mask = Image.new("L", self.image.size)
        draw(ImageDraw.Draw(mask))
        soft = blur * self.height
        left, top, right, bottom = mask.getbbox() or (0, 0, 1, 1)
        room = math.ceil(soft * 3)
        # not past the picture's own edges: what runs out of the picture must not fade there
        left, top = max(0, left - room), max(0, top - room)
        mask = mask.crop((left, top, min(self.width, right + room), min(self.height, bottom + room)))
        mask = mask.filter(ImageFilter.GaussianBlur(soft)) if soft else mask
        return mask.point(lambda value: value * strength), (left, top)

    def shape(self, places: Sequence[Place]) -> Brush:
        """A brush that fills the area between places."""
        corners = [self.at(place) for place in places]
        return lambda pen: pen.polygon(corners, fill=255)

    def ridge(self, colour: Colour, outline: Callable[[float], float], blur: float = 0) -> None:
        """Everything below the line y = outline(x)."""
        steps = parts(400)
        self.paint(colour, self.shape([*((x, outline(x)) for x in steps), (1, 1.1), (0, 1.1)]), blur)

    def finished(self, grain: float = 6) -> Image.Image:
        """The picture as a film stock would keep it: darker corners and a little grain."""
        picture = self.image.reduce(2)
        corners = ImageChops.invert(Image.radial_gradient("L")).point(lambda value: min(255, 150 + value * 0.9))
        shade = corners.resize(picture.size, Image.Resampling.BICUBIC)
        picture = ImageChops.multiply(picture, Image.merge("RGB", [shade] * 3))
        noise = Image.effect_noise(picture.size, grain).filter(ImageFilter.GaussianBlur(0.6))
        return ImageChops.overlay(picture, Image.merge("RGB", [noise] * 3))


def _between(stops: Sequence[tuple[float, Colour]], at: float) -> Colour:
    for (start, one), (end, other) in itertools.pairwise(stops):
        if at <= end:
            along = (at - start) / (end - start)
            soft = along * along * (3 - 2 * along)
            return tuple(round(a + (b - a) * soft) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]
    return stops[-1][1]


def parts(count: int) -> list[float]:
    """0 to 1 in so many steps."""
    return [index / count for index in range(count + 1)]


def hump(x: float, centre: float, width: float) -> float:
    return math.exp(-(((x - centre) / width) ** 2))
