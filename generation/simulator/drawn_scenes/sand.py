"""Dunes in the evening."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import ImageDraw

from generation.simulator.drawn_scenes.canvas import Canvas, Color, bell, fractions


def draw_dunes(canvas: Canvas) -> None:
    """Draw dunes in the last light, each with a lit side and a shaded one, and a row of walkers far off."""
    canvas.gradient(
        [(0, (58, 84, 120)), (0.4, (150, 148, 160)), (0.75, (232, 186, 148)), (1, (252, 222, 178))], bottom=0.62
    )
    canvas.glow((0.16, 0.44), 0.8, (255, 214, 150), 0.6, stretch=1.5)
    canvas.glow((0.16, 0.44), 0.14, (255, 244, 214), 1.0)
    canvas.ridge((214, 164, 130), lambda x: 0.545 - 0.02 * math.sin(x * 5 + 1) - 0.01 * math.sin(x * 13), 0.003)
    canvas.ridge((202, 142, 104), lambda x: 0.575 - 0.03 * math.sin(x * 3.7 + 4), 0.002)

    def far(x: float) -> float:
        return 0.62 - 0.07 * bell(x, 0.72, 0.3)

    _dune(canvas, far, 0.72, (222, 150, 96), (120, 72, 66))
    _walkers(canvas, far)
    _dune(canvas, lambda x: 0.80 - 0.17 * bell(x, 0.30, 0.34), 0.30, (232, 156, 94), (104, 58, 58))
    _dune(canvas, lambda x: 0.99 - 0.17 * bell(x, 0.86, 0.42), 0.86, (206, 124, 76), (66, 36, 44))


def _dune(canvas: Canvas, crest: Callable[[float], float], peak: float, lit: Color, shaded: Color) -> None:
    """Draw a dune lit from the left; its shadow begins at a winding edge that runs down from the peak."""
    canvas.ridge(lit, crest, 0.0006)
    _ripples(canvas, crest, peak, lit)
    edge = [(peak + 0.045 * math.sin(down * 7) - 0.16 * down, crest(peak) + 0.5 * down) for down in fractions(60)]
    right = [(x, crest(x)) for x in (peak + (1 - peak + 0.02) * part for part in fractions(80))]
    canvas.paint(shaded, canvas.shape([*reversed(edge), *right, (1.02, 1.1), edge[-1]]), 0.0012, 0.88)


def _ripples(canvas: Canvas, crest: Callable[[float], float], peak: float, lit: Color) -> None:
    def lines(pen: ImageDraw.ImageDraw) -> None:
        for row in range(1, 34):
            drop = 0.010 * row + 0.0003 * row * row
            wave = [
                canvas.at((x, crest(x) + drop + 0.004 * math.sin(x * 26 + row * 0.9) + 0.002 * math.sin(x * 61 + row)))
                for x in (peak * part for part in fractions(160))
            ]
            pen.line(wave, fill=max(40, 150 - 4 * row), width=2 + row // 5)

    dark: Color = (round(lit[0] * 0.72), round(lit[1] * 0.66), round(lit[2] * 0.66))
    canvas.paint(dark, lines, 0.0014, 0.55)


def _walkers(canvas: Canvas, ground: Callable[[float], float]) -> None:
    def row(pen: ImageDraw.ImageDraw) -> None:
        for number in range(5):
            x = 0.60 + number * 0.017 + canvas.random.uniform(-0.003, 0.003)
            y = ground(x)
            pen.ellipse(canvas.box((x, y - 0.012), 0.0028, 0.0125), fill=255)
            pen.ellipse(canvas.box((x, y - 0.027), 0.0024, 0.0030), fill=255)

    canvas.paint((44, 28, 38), row, 0.0006)
