"""A wet street at night."""

from __future__ import annotations

from PIL import ImageDraw

from generation.simulator.drawn_scenes.canvas import Canvas


def draw_night_street(canvas: Canvas) -> None:
    """Draw a street after rain: two rows of lamps, a few lit windows, somebody with an umbrella."""
    far = (0.5, 0.56)
    canvas.gradient([(0, (6, 10, 24)), (0.6, (18, 30, 56)), (1, (52, 60, 82))], bottom=0.62)
    canvas.glow(far, 0.5, (120, 110, 120), 0.5, stretch=1.3)
    canvas.gradient([(0, (46, 50, 66)), (0.3, (22, 26, 38)), (1, (8, 10, 16))], top=0.58)
    for side in (-1, 1):
        for depth in (5.2, 3.6, 2.5, 1.75, 1.2):
            _house(canvas, side, depth, far)
    for depth in (7.0, 4.6, 3.1, 2.1, 1.42):
        for side in (-1, 1):
            _lamp(canvas, side, depth, far)
    _walker(canvas, (0.515, 0.80), 0.105)


def _project(far: tuple[float, float], across: float, up: float, depth: float) -> tuple[float, float]:
    """Return where a point of the street is in the picture: `across` from its middle, `up` from its ground."""
    return far[0] + across / depth, far[1] + (0.44 - up) / depth


def _house(canvas: Canvas, side: int, depth: float, far: tuple[float, float]) -> None:
    tall, near = canvas.random.uniform(1.15, 1.6), depth * 0.66
    corners = [
        _project(far, side * 0.62, up, deep) for up, deep in ((0, depth), (tall, depth), (tall, near), (0, near))
    ]
    shade = 1 / depth
    color = (round(30 - 16 * shade), round(34 - 18 * shade), round(52 - 24 * shade))
    canvas.paint(color, canvas.shape(corners), 0.0006)
    for row in range(4):
        for column in range(3):
            if canvas.random.random() < 0.3:
                _pane(canvas, side, depth - (depth - near) * (column + 0.5) / 3, row, far)


def _pane(canvas: Canvas, side: int, depth: float, row: int, far: tuple[float, float]) -> None:
    low = 0.36 + row * 0.26
    high, back, front = low + 0.14, depth * 1.035, depth * 0.965
    edges = ((low, back), (high, back), (high, front), (low, front))
    corners = [_project(far, side * 0.62, up, deep) for up, deep in edges]
    canvas.light((255, 188, 104), canvas.shape(corners), 0.0012, canvas.random.uniform(0.35, 0.9))


def _lamp(canvas: Canvas, side: int, depth: float, far: tuple[float, float]) -> None:
    foot, head = _project(far, side * 0.42, 0, depth), _project(far, side * 0.42, 0.62, depth)
    arm = _project(far, side * 0.36, 0.64, depth)
    thick = max(2, round(canvas.height * 0.006 / depth))
    canvas.paint((10, 12, 18), lambda pen: pen.line([canvas.at(foot), canvas.at(head), canvas.at(arm)], 255, thick))
    canvas.glow(arm, 0.42 / depth, (255, 176, 92), 0.75)
    canvas.glow(arm, 0.09 / depth, (255, 236, 200), 1.0)
    _reflection(canvas, arm[0], foot[1], depth)


def _reflection(canvas: Canvas, x: float, y: float, depth: float) -> None:
    """Draw broken light on the wet ground below a lamp."""

    def strokes(pen: ImageDraw.ImageDraw) -> None:
        for _ in range(70):
            down = canvas.random.random()
            place = (x + canvas.random.gauss(0, 0.006 + 0.008 * down) / depth, y + down * 0.5 / depth)
            pen.ellipse(canvas.box(place, 0.022 / depth, 0.0035 / depth), fill=round(230 * (1 - down)))

    canvas.light((255, 172, 96), strokes, 0.004 / depth, 0.75)


def _walker(canvas: Canvas, foot: tuple[float, float], tall: float) -> None:
    x, y = canvas.at(foot)
    h = tall * canvas.height

    def shape(pen: ImageDraw.ImageDraw) -> None:
        def body(*corners: tuple[float, float]) -> None:
            pen.polygon([(x + across * h, y - up * h) for across, up in corners], fill=255)

        body((-0.13, 0.72), (0.13, 0.72), (0.17, 0.26), (-0.17, 0.26))
        body((-0.10, 0.30), (-0.01, 0.30), (-0.07, 0), (-0.13, 0))
        body((0.02, 0.30), (0.11, 0.30), (0.12, 0), (0.05, 0))
        pen.ellipse((x - h * 0.075, y - h * 0.9, x + h * 0.075, y - h * 0.73), fill=255)
        pen.pieslice((x - h * 0.4, y - h * 1.2, x + h * 0.4, y - h * 0.62), 180, 360, fill=255)

    canvas.paint((6, 7, 12), shape, 0.0008)
