"""Hills in mist, seen from afar."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import ImageDraw

from generation.simulator.drawn_scenes.canvas import Brush, Canvas, Color


def draw_misty_hills(canvas: Canvas) -> None:
    """Draw rows of hills in morning mist, with firs in front."""
    canvas.gradient([(0, (92, 122, 150)), (0.5, (168, 186, 196)), (0.8, (236, 222, 200)), (1, (240, 226, 206))])
    canvas.glow((0.70, 0.34), 0.6, (255, 240, 212), 0.7, stretch=1.5)
    for layer in range(6):
        near = layer / 5
        color: Color = (round(172 - 146 * near), round(186 - 140 * near), round(194 - 136 * near))
        height = 0.42 + 0.095 * layer
        canvas.ridge(color, _hills(height, canvas.random.uniform(0, 6), near), 0.0008)
        canvas.paint((226, 222, 212), _mist(canvas, height + 0.05), 0.03, 0.34 * (1 - near) + 0.05)
    for _ in range(46):
        side = canvas.random.choice((canvas.random.betavariate(1, 3), 1 - canvas.random.betavariate(1, 4)))
        _fir(canvas, side, canvas.random.uniform(0.96, 1.08), canvas.random.uniform(0.12, 0.34))


def _hills(height: float, turn: float, near: float) -> Callable[[float], float]:
    """Return an outline of three waves; nearer hills are steeper."""

    def outline(x: float) -> float:
        wide, small = math.sin(x * (3 + near * 2) + turn), math.sin(x * 9 + turn * 2)
        return height - 0.06 * wide - 0.022 * small - 0.006 * math.sin(x * 31 + turn)

    return outline


def _mist(canvas: Canvas, y: float) -> Brush:
    return lambda pen: pen.ellipse(canvas.box((canvas.random.random(), y), 1.1, 0.035), fill=255)


def _fir(canvas: Canvas, x: float, foot: float, tall: float) -> None:
    def shape(pen: ImageDraw.ImageDraw) -> None:
        middle, ground = canvas.at((x, foot))
        h = tall * canvas.height
        for tier in range(7):
            top, wide = ground - h * (1 - tier * 0.125), h * (0.045 + tier * 0.028)
            pen.polygon([(middle, top), (middle + wide, top + h * 0.24), (middle - wide, top + h * 0.24)], fill=255)

    canvas.paint((13, 24, 30), shape, 0.0008)
