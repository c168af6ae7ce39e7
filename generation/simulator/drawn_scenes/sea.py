"""The sea at dusk."""

from __future__ import annotations

from PIL import ImageDraw

from generation.simulator.drawn_scenes.canvas import Canvas, Color, bell


def draw_dusk_sea(canvas: Canvas) -> None:
    """Draw the sun just above the water, thin clouds, a far headland and a small boat."""
    horizon, sun = 0.60, (0.62, 0.545)
    canvas.gradient(
        [(0, (22, 26, 58)), (0.35, (74, 54, 98)), (0.62, (176, 88, 92)), (0.85, (238, 150, 92)), (1, (255, 206, 140))],
        bottom=horizon,
    )
    for _ in range(26):
        _cloud(canvas, canvas.random.random(), canvas.random.uniform(0.12, horizon - 0.05))
    canvas.glow(sun, 0.75, (255, 150, 80), 0.55, stretch=1.7)
    canvas.glow(sun, 0.26, (255, 210, 150), 0.9)
    canvas.paint((255, 240, 208), lambda pen: pen.ellipse(canvas.box(sun, 0.043, 0.043), fill=255), blur=0.0015)
    canvas.ridge((126, 74, 92), lambda x: horizon - 0.055 * bell(x, 0.12, 0.16) - 0.02 * bell(x, 0.3, 0.1), 0.001)
    canvas.gradient([(0, (214, 140, 104)), (0.12, (142, 86, 98)), (0.45, (58, 48, 84)), (1, (14, 18, 40))], top=horizon)
    _glitter(canvas, sun[0], horizon)
    _boat(canvas, 0.30, 0.655, 0.03)


def _cloud(canvas: Canvas, x: float, y: float) -> None:
    across, down = canvas.random.uniform(0.12, 0.5), canvas.random.uniform(0.004, 0.014)
    warm = y / 0.6
    color: Color = (round(150 + 105 * warm), round(92 + 70 * warm), round(110 - 10 * warm))
    canvas.paint(color, lambda pen: pen.ellipse(canvas.box((x, y), across, down), fill=255), 0.012, 0.42)


def _glitter(canvas: Canvas, x: float, horizon: float) -> None:
    """Draw the sun's path on the water: short strokes, wider and fewer toward the viewer."""

    def strokes(pen: ImageDraw.ImageDraw) -> None:
        for _ in range(1500):
            depth = canvas.random.random() ** 1.7
            spread = 0.012 + 0.09 * depth
            place = (x + canvas.random.gauss(0, spread), horizon + 0.004 + depth * (1 - horizon))
            long = canvas.random.uniform(0.003, 0.009) * (0.6 + 3 * depth)
            pen.ellipse(canvas.box(place, long, 0.0006 + 0.0014 * depth), fill=round(255 - 110 * depth))

    canvas.glow((x, horizon + 0.02), 0.36, (255, 150, 90), 0.5, stretch=0.45)
    canvas.light((255, 206, 150), strokes, 0.0012, 0.95)


def _boat(canvas: Canvas, x: float, y: float, size: float) -> None:
    def shape(pen: ImageDraw.ImageDraw) -> None:
        left, top, right, bottom = canvas.box((x, y), size, size)
        middle, deck = (left + right) / 2, bottom - (bottom - top) * 0.22
        pen.polygon([(left, deck), (right, deck), (right - 18, bottom), (left + 14, bottom)], fill=255)
        pen.polygon([(middle - 2, top - (bottom - top) * 0.6), (middle - 2, deck - 6), (left + 8, deck - 6)], fill=255)
        pen.polygon([(middle + 3, top - (bottom - top) * 0.4), (middle + 3, deck - 6), (right, deck - 6)], fill=255)

    canvas.paint((34, 26, 48), shape, 0.0008)
