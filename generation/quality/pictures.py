"""A generated picture: whether it can be read, has the asked size, and shows anything."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from generation.quality import rules
from generation.quality import thresholds as limit
from generation.quality.frame import is_black
from generation.quality.rules import Asked, Finding
from projects.disk import probe
from projects.disk.posters import make_poster
from projects.problems import Problem

LOOKED_AT = 320


def findings(path: Path, asked: Asked) -> list[Finding]:
    try:
        details = probe.inspect(path, asked.sha256 or None)
        small = Image.open(io.BytesIO(make_poster(path, "image", LOOKED_AT)))
    except Problem as problem:
        return [Finding("unreadable", "fail", problem.message)]
    return [*rules.size(details.width or 0, details.height or 0, asked), *_content(small)]


def _content(image: Image.Image) -> Iterator[Finding]:
    coloured = image.convert("RGB").tobytes()
    spread = max(max(coloured[band::3]) - min(coloured[band::3]) for band in range(3))
    # a poster has the full range of brightness, where a black frame of a film has 16
    if is_black(image.convert("L").point(lambda value: value + 16)):
        yield Finding("black", "fail", "The picture is black.")
    elif spread <= limit.FLAT_RANGE:
        yield Finding("flat", "fail", "The picture is of one colour and shows nothing.")
