"""How large an output is: by the ratio and the resolution that were asked for, else by what goes in."""

from __future__ import annotations

import re

from generation.simulator.validation import Wanted

PAIR = re.compile(r"(\d{1,5}):(\d{1,5})")
LINES = re.compile(r"(\d{3,4})p", re.IGNORECASE)
NAMED = {"1k": 720, "2k": 1440, "4k": 2160}
# pairs of less than this are a shape, not a size
SMALLEST_SIDE = 100
LINES_AS_USUAL = 720


def size(wanted: Wanted, given: tuple[int, int] | None) -> tuple[int, int]:
    """Width and height in pixels, both even, as codecs want them; `given` is the size of what goes in."""
    ratio = str(wanted.value("ratio") or "")
    match = PAIR.fullmatch(ratio)
    width, height = (int(match[1]), int(match[2])) if match else given or (16, 9)
    if not match or width < SMALLEST_SIDE:
        lines = _lines(ratio) or _lines(str(wanted.value("resolution") or "")) or LINES_AS_USUAL
        width, height = _scaled(width, height, lines)
    return max(2, width // 2 * 2), max(2, height // 2 * 2)


def _lines(text: str) -> int | None:
    match = LINES.search(text)
    return int(match[1]) if match else NAMED.get(text.lower().removeprefix("auto_"))


def _scaled(width: int, height: int, lines: int) -> tuple[int, int]:
    """The same shape, its shorter side as long as `lines`."""
    scale = lines / min(width, height)
    return round(width * scale), round(height * scale)
