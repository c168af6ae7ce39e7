"""Quiet places that the program draws: what the simulator and the sample project show."""

from __future__ import annotations

from PIL import Image

from generation.simulator.drawn_scenes.canvas import Canvas
from generation.simulator.drawn_scenes.hills import draw_misty_hills
from generation.simulator.drawn_scenes.room import draw_window_light
from generation.simulator.drawn_scenes.sand import draw_dunes
from generation.simulator.drawn_scenes.sea import draw_dusk_sea
from generation.simulator.drawn_scenes.street import draw_night_street

SCENES = (draw_dusk_sea, draw_night_street, draw_dunes, draw_window_light, draw_misty_hills)


def draw(width: int, height: int, variant: int) -> Image.Image:
    """Return an RGB picture of that size in pixels; the variant, modulo their number, picks the place."""
    canvas = Canvas(width, height, variant)
    SCENES[variant % len(SCENES)](canvas)
    return canvas.finish()
