"""A room with a window, and light on its floor."""

from __future__ import annotations

from PIL import ImageDraw

from generation.simulator.drawn_scenes.canvas import Canvas


def draw_window_light(canvas: Canvas) -> None:
    """Draw an empty room: window panes, their light on the floor, dust in the beam, a chair."""
    canvas.gradient([(0, (20, 19, 23)), (0.7, (40, 35, 36)), (1, (28, 23, 24))], bottom=0.74)
    canvas.gradient([(0, (44, 31, 25)), (1, (17, 12, 12))], top=0.74)
    canvas.paint((24, 19, 19), lambda pen: pen.rectangle((*canvas.at((0, 0.722)), *canvas.at((1, 0.742))), fill=255))
    panes = [(0.16 + column * 0.085, 0.12 + row * 0.15) for column in range(3) for row in range(3)]
    canvas.glow((0.29, 0.34), 0.85, (255, 206, 148), 0.55, stretch=1.2)
    canvas.paint((238, 214, 178), lambda pen: _panes(canvas, pen, panes), 0.0012)
    canvas.glow((0.29, 0.30), 0.42, (255, 232, 190), 0.5)
    _beam(canvas)
    _chair(canvas, 0.74, 0.87, 0.30)
    _dust(canvas)


def _panes(canvas: Canvas, pen: ImageDraw.ImageDraw, panes: list[tuple[float, float]]) -> None:
    for x, y in panes:
        pen.rectangle((*canvas.at((x, y)), *canvas.at((x + 0.078, y + 0.138))), fill=255)


def _beam(canvas: Canvas) -> None:
    """Draw the light that falls to the right: a beam in the air, and slanted panes on the floor."""
    for column in range(3):
        left = 0.16 + column * 0.085
        air = [(left, 0.12), (left + 0.078, 0.12), (left + 0.44, 0.98), (left + 0.27, 0.98)]
        canvas.light((255, 214, 156), canvas.shape(air), 0.022, 0.13)
        for row in range(3):
            canvas.light((255, 190, 116), canvas.shape(_floor_pane(column, row)), 0.004, 0.6)


def _floor_pane(column: int, row: int) -> list[tuple[float, float]]:
    near, far = 0.785 + row * 0.062, 0.785 + row * 0.062 + 0.052

    def along(y: float, across: float) -> tuple[float, float]:
        return 0.36 + (y - 0.76) * 0.55 + across * (0.24 + (y - 0.76) * 0.5), y

    one, other = column / 3 + 0.015, (column + 1) / 3 - 0.015
    return [along(near, one), along(near, other), along(far, other), along(far, one)]


def _chair(canvas: Canvas, x: float, foot: float, tall: float) -> None:
    def at(across: float, up: float) -> tuple[float, float]:
        place = canvas.at((x, foot - up * tall))
        return place[0] + across * tall * canvas.height, place[1]

    def shape(pen: ImageDraw.ImageDraw) -> None:
        wide = round(tall * canvas.height * 0.035)
        for start, end in (
            ((0.2, 0), (0.2, 1)),
            ((-0.2, 0), (-0.18, 0.48)),
            ((0.32, 0.06), (0.3, 0.5)),
            ((-0.06, 0.06), (-0.06, 0.48)),
            ((0.3, 0.5), (0.3, 1.02)),
        ):
            pen.line([at(*start), at(*end)], 255, wide)
        pen.polygon([at(-0.22, 0.46), at(0.22, 0.46), at(0.33, 0.52), at(-0.08, 0.52)], fill=255)
        for up in (0.66, 0.80, 0.94):
            pen.line([at(0.2, up), at(0.3, up + 0.03)], 255, wide)

    canvas.paint((10, 8, 9), shape, 0.0008)


def _dust(canvas: Canvas) -> None:
    def motes(pen: ImageDraw.ImageDraw) -> None:
        for _ in range(170):
            down = canvas.random.random()
            place = (0.2 + 0.33 * down + canvas.random.uniform(0, 0.24), 0.15 + 0.7 * down)
            size = canvas.random.uniform(0.0006, 0.0017)
            pen.ellipse(canvas.box(place, size, size), fill=canvas.random.randint(60, 230))

    canvas.light((255, 226, 180), motes, 0.0006, 0.7)
