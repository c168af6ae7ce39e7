"""The size of an output: by the ratio and the resolution of the request, else by the size of the input."""

from __future__ import annotations

import re

from generation.simulator.validation import CreateRequest

Size = tuple[int, int]

PAIR = re.compile(r"(\d{1,5}):(\d{1,5})")
LINES = re.compile(r"(\d{3,4})p", re.IGNORECASE)
NAMED_LINES = {"1k": 720, "2k": 1440, "4k": 2160}
# a ratio of smaller numbers, such as 16:9, is a shape and not a size in pixels
MIN_WIDTH = 100
DEFAULT_LINES = 720


def output_size(request: CreateRequest, input_size: Size | None) -> Size:
    """Return width and height in pixels; both are even, as video codecs need them, except for upscaled pictures."""
    if request.model.kind == "image_upscale" and input_size:
        factor = int(request.value("scaleFactor"))
        return input_size[0] * factor, input_size[1] * factor
    if input_size and _keeps_input_size(request):
        return _even(*input_size)
    return _requested_size(request, input_size)


def _keeps_input_size(request: CreateRequest) -> bool:
    fields = request.model.fields
    return request.model.kind != "image_to_video" and "ratio" not in fields and "resolution" not in fields


def _requested_size(request: CreateRequest, input_size: Size | None) -> Size:
    ratio = str(request.value("ratio") or "")
    match = PAIR.fullmatch(ratio)
    width, height = (int(match[1]), int(match[2])) if match else input_size or (16, 9)
    if not match or width < MIN_WIDTH:
        lines = _lines(ratio) or _lines(str(request.value("resolution") or "")) or DEFAULT_LINES
        width, height = _scale(width, height, lines)
    return _even(width, height)


def _lines(text: str) -> int | None:
    match = LINES.search(text)
    return int(match[1]) if match else NAMED_LINES.get(text.lower().removeprefix("auto_"))


def _scale(width: int, height: int, lines: int) -> Size:
    """Return the same shape with its shorter side as long as `lines`."""
    scale = lines / min(width, height)
    return round(width * scale), round(height * scale)


def _even(width: int, height: int) -> Size:
    return max(2, width // 2 * 2), max(2, height // 2 * 2)
