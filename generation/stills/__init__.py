"""Quiet places, drawn by the program: what the sample project shows first."""

from __future__ import annotations

from PIL import Image

from generation.stills.canvas import Canvas
from generation.stills.hills import misty_hills
from generation.stills.room import window_light
from generation.stills.sand import dunes
from generation.stills.sea import dusk_sea
from generation.stills.street import night_street

PLACES = (dusk_sea, night_street, dunes, window_light, misty_hills)


def draw(width: int, height: int, variant: int) -> Image.Image:
    canvas = Canvas(width, height, variant)
    PLACES[variant % len(PLACES)](canvas)
    return canvas.finished()
