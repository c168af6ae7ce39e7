"""Ratios such as 1280:720 or 16:9: their drawings, and the names that film people give them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from generation.runway.catalog import CatalogModel

SIDES = re.compile(r"([1-9]\d*):([1-9]\d*)")
ASPECTS = {
    "21:9": 21 / 9, "16:9": 16 / 9, "3:2": 1.5, "4:3": 4 / 3, "1:1": 1.0, "3:4": 0.75, "2:3": 2 / 3, "9:16": 9 / 16,
}  # fmt: skip
# the sides of a ratio are pixels from here on; below, it is an aspect such as 16:9
LEAST_PIXELS = 100
# of a drawing: the side of its square box, and the longer side of the rectangle in it
BOX, LONGER_SIDE = 24, 20


@dataclass(frozen=True)
class Drawing:
    """A rectangle of a ratio's shape in the middle of a square box, in the box's units."""

    x: float
    y: float
    width: float
    height: float


def sides(ratio: str) -> tuple[int, int] | None:
    """Return width and height; None for a ratio in words, such as "adaptive"."""
    match = SIDES.fullmatch(ratio)
    return (int(match[1]), int(match[2])) if match else None


def nearest_aspect(width: int, height: int) -> str:
    """Return the name of the common aspect that is closest, such as "16:9"."""
    # models round their sides to multiples of 8 or 16, so that hardly one has exactly a common aspect
    return min(ASPECTS, key=lambda name: abs(ASPECTS[name] - width / height))


def draw(width: int, height: int) -> Drawing:
    """Return the drawing of a ratio."""
    drawn_width, drawn_height = (round(side * LONGER_SIDE / max(width, height), 1) for side in (width, height))
    return Drawing((BOX - drawn_width) / 2, (BOX - drawn_height) / 2, drawn_width, drawn_height)


def resolution(ratio: str) -> str:
    """Return for example "720p" for 1280:720; an empty string for a ratio in words."""
    pair = sides(ratio)
    return f"{min(pair)}p" if pair else ""


def pixels(ratio: str) -> str:
    """Return for example "1280 × 720"; an empty string for a ratio that is not in pixels."""
    pair = sides(ratio)
    return f"{pair[0]} × {pair[1]}" if pair and min(pair) >= LEAST_PIXELS else ""


def label(ratio: str) -> str:
    """Return for example "16:9 (1280 × 720)"; a ratio that is not in pixels is its own label."""
    pair, in_pixels = sides(ratio), pixels(ratio)
    return f"{nearest_aspect(*pair)} ({in_pixels})" if pair and in_pixels else ratio


@dataclass(frozen=True)
class Shapes:
    """The ratios of a model by their two parts: `by_aspect["16:9"]["720p"]` is `1280:720`."""

    by_aspect: dict[str, dict[str, str]]

    @property
    def resolutions(self) -> list[str]:
        """The names of the resolutions, the smallest first; every aspect has all of them."""
        return list(next(iter(self.by_aspect.values())))

    def parts_of(self, ratio: str) -> tuple[str, str]:
        """Return the aspect and the resolution of a ratio; empty texts for one that is not among them."""
        for aspect, by_resolution in self.by_aspect.items():
            for name, value in by_resolution.items():
                if value == ratio:
                    return aspect, name
        return "", ""


_AUTO = re.compile(r"(auto)_(\d+p)")


def shapes(values: Sequence[str]) -> Shapes | None:
    """Return ratios apart as aspect and resolution; None where there is nothing to take apart.

    So it is where not each aspect has the same resolutions.
    A resolution is called by that of 16:9, since models with one budget of pixels have other sides for each aspect.
    """
    by_aspect: dict[str, list[str]] = {}
    for value in values:
        pair, auto = sides(value), _AUTO.fullmatch(value)
        if pair is None and auto is None:
            return None
        by_aspect.setdefault(nearest_aspect(*pair) if pair else "auto", []).append(value)
    counts = {len(same) for same in by_aspect.values()}
    if counts == {1} or len(counts) != 1 or len(by_aspect) < 2:
        return None
    for same in by_aspect.values():
        same.sort(key=_size)
    named = by_aspect.get("16:9") or next(iter(by_aspect.values()))
    names = [resolution(value) or value.rpartition("_")[2] for value in named]
    return Shapes({aspect: dict(zip(names, same, strict=True)) for aspect, same in by_aspect.items()})


def _size(ratio: str) -> int:
    pair, auto = sides(ratio), _AUTO.fullmatch(ratio)
    return math.prod(pair) if pair else int(auto[2][:-1]) if auto else 0


def closest(model: CatalogModel, width: int, height: int) -> str | None:
    """Return the model's ratio of the closest shape, among those the one of the closest size; None if it has none."""

    def distance(ratio: str) -> tuple[float, float]:
        return _rounded_distance(ratio, width / height), abs(math.prod(sides(ratio) or ()) - width * height)

    return min(numeric_ratios(model), key=distance, default=None)


def is_as_close(ratio: str, other: str, aspect: float) -> bool:
    """Return whether a ratio is as close to an aspect (width by height) as another one, or closer."""
    return _rounded_distance(ratio, aspect) <= _rounded_distance(other, aspect)


def _rounded_distance(ratio: str, aspect: float) -> float:
    # models round their sides, by less than can be seen
    return round(shape_distance(ratio, aspect), 2)


def shape_distance(ratio: str, aspect: float) -> float:
    """Return how far a ratio is from an aspect (width by height), on a logarithmic scale."""
    pair = sides(ratio)
    return abs(math.log(pair[0] / pair[1]) - math.log(aspect)) if pair else math.inf


def numeric_ratios(model: CatalogModel) -> list[str]:
    """Return the ratios of a model that are a width and a height, not words such as "adaptive"."""
    return [ratio for ratio in model.ratios if sides(ratio)]
