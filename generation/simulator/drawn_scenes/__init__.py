"""Quiet places, drawn by the program: what the sample project shows first."""

from __future__ import annotations

from PIL import Image

from generation.simulator.drawn_scenes.canvas import Canvas
from generation.simulator.drawn_scenes.hills import misty_hills
from generation.simulator.drawn_scenes.room import window_light
from generation.simulator.drawn_scenes.sand import dunes
from generation.simulator.drawn_scenes.sea import dusk_sea
from generation.simulator.drawn_scenes.street import night_street

PLACES = (dusk_sea, night_street, dunes, window_light, misty_hills)


def draw(width: int, height: int, variant: int) -> Image.Image:
    canvas = Canvas(width, height, variant)
    PLACES[variant % len(PLACES)](canvas)
    return canvas.finished()
