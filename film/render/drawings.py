"""Pictures of words: cards, titles, captions and time code. Drawn with Pillow: only the rendering child imports it."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageOps

from film.document.rate import Rate

_GROUND, _INK, _SOFT = "#15171b", "#f2efe9", "#a7a39b"
# the part of the picture's width or height that words may fill, as broadcasters keep it free of edges
_SAFE = 0.84
# a still of a camera may be far larger than any film
_MAX_STILL = (4096, 4096)
Font = ImageFont.FreeTypeFont


def draw(items: list[dict[str, Any]]) -> list[list[int]]:
    """Draw each item into its `target`, and return the sizes. `kind` names one of the functions below."""
    return [list(_KINDS[item.pop("kind")](**item)) for item in items]


@cache
def font(weight: str, size: int) -> Font:
    """Return the typeface of the pages, which a package brings, in a size in pixels."""
    package = importlib.metadata.distribution("django-unfold")
    path = package.locate_file(f"unfold/static/unfold/fonts/inter/Inter-{weight}.woff2")
    return ImageFont.truetype(str(path), max(size, 6))


def wrapped(text: str, face: Font, width: float, max_lines: int) -> str:
    """Return a text with line breaks that fits into a width in pixels; what is too long ends with an ellipsis."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and face.getlength(longer) > width:
                lines.append(line)
                longer = word
            line = longer
            while len(line) > 1 and face.getlength(line) > width:
                # a word that is longer than a line
                part = max(int(len(line) * width / face.getlength(line)), 1)
                lines.append(line[:part])
                line = line[part:]
        lines.append(line)
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], lines[max_lines - 1].rstrip(" .,") + "…"]
    return "\n".join(lines)


def card_image(width: int, height: int, heading: str, body: str, footer: str) -> Image.Image:
    """Return a card: heading, text and a last line on a dark ground."""
    image = Image.new("RGB", (width, height), _GROUND)
    pen, unit = ImageDraw.Draw(image), min(width, height)
    left, space = round(width * (1 - _SAFE) / 2), width * _SAFE
    large, middle, small = font("SemiBold", unit // 12), font("Regular", unit // 24), font("Medium", unit // 30)
    title = wrapped(heading, large, space, 2)
    top = height * 0.18
    pen.multiline_text((left, top), title, _INK, large)
    top = pen.multiline_textbbox((left, top), title or " ", large)[3] + unit * 0.05
    pen.multiline_text((left, top), wrapped(body, middle, space, 7), _SOFT, middle, spacing=unit // 60)
    pen.text((left, height * 0.88), footer, _SOFT, small, anchor="ls")
    return image


def _card(target: str, size: list[int], heading: str, body: str, footer: str) -> tuple[int, int]:
    card_image(size[0], size[1], heading, body, footer).save(target, "PNG", compress_level=1)
    return size[0], size[1]


def _words(target: str, size: list[int], text: str, place: str, of: str) -> tuple[int, int]:
    """Draw a title or a caption on a clear ground of the picture's size."""
    image = Image.new("RGBA", (size[0], size[1]))
    unit = min(size)
    face = font("SemiBold", unit // 12) if of == "title" else font("Medium", unit // 20)
    lines = wrapped(text, face, size[0] * _SAFE, 4)
    top = {"top": 0.1, "centre": 0.5, "bottom": 0.92}[place] * size[1]
    anchor = {"top": "ma", "centre": "mm", "bottom": "md"}[place]
    pen = ImageDraw.Draw(image)
    outline = {"stroke_width": max(unit // 240, 1), "stroke_fill": (0, 0, 0, 200)}
    pen.multiline_text((size[0] / 2, top), lines, "white", face, anchor, align="center", **outline)  # type: ignore[arg-type]
    image.save(target, "PNG", compress_level=1)
    return size[0], size[1]


def _still(target: str, source: str) -> tuple[int, int]:
    """Store a picture upright and without transparency, in a size that films have."""
    with Image.open(source, formats=("JPEG", "PNG", "WEBP")) as opened:
        image = ImageOps.exif_transpose(opened)
        image.thumbnail(_MAX_STILL)
        ground = Image.new("RGB", image.size, "black")
        layer = image.convert("RGBA")
        ground.paste(layer, mask=layer)
    ground.save(target, "PNG", compress_level=1)
    return ground.size


def _timecode(target: str, size: list[int], rate: str, first: int, frames: int) -> tuple[int, int]:
    """Write raw RGBA pictures of the time codes of frames, one after the other, and return the size of each."""
    face, clock = font("Medium", min(size) // 20), Rate(rate)
    box = face.getbbox("00:00:00:00", features=["tnum"])
    pad = max(min(size) // 90, 2)
    width, height = (round(box[2]) + 3 * pad) // 2 * 2, (round(box[3]) + 3 * pad) // 2 * 2
    with Path(target).open("wb") as file:
        for frame in range(first, first + frames):
            image = Image.new("RGBA", (width, height), (0, 0, 0, 150))
            ImageDraw.Draw(image).text((pad, pad), clock.timecode(frame), "white", face, features=["tnum"])
            file.write(image.tobytes())
    return width, height


_KINDS: dict[str, Callable[..., tuple[int, int]]] = {
    "card": _card,
    "words": _words,
    "still": _still,
    "timecode": _timecode,
}
