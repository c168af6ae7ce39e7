"""The rules for a picture: it can be read, has the expected size, and shows something."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from generation.quality import thresholds as limit
from generation.quality.expectations import Expectations
from generation.quality.findings import Finding
from generation.quality.frame import is_black
from generation.quality.shared_rules import check_size
from projects.disk import probe
from projects.disk.posters import make_poster
from projects.problems import Problem
from projects.translation import gettext as _

# pixels of the smaller copy whose content is checked
CHECKED_WIDTH = 320


def check_picture(path: Path, expected: Expectations) -> list[Finding]:
    """Return everything that is wrong with a picture."""
    try:
        details = probe.inspect(path, expected.sha256 or None)
        small = Image.open(io.BytesIO(make_poster(path, "image", CHECKED_WIDTH)))
    except Problem as problem:
        return [Finding("unreadable", "fail", problem.message)]
    return [*check_size(details.width or 0, details.height or 0, expected), *_check_content(small)]


def _check_content(image: Image.Image) -> Iterator[Finding]:
    values = image.convert("RGB").tobytes()
    spread = max(max(values[channel::3]) - min(values[channel::3]) for channel in range(3))
    # a picture has the full range, in which black is 0; `is_black` expects studio range, in which it is 16
    if is_black(image.convert("L").point(lambda value: value + 16)):
        yield Finding("black", "fail", _("The picture is black."))
    elif spread <= limit.FLAT_COLOR_RANGE:
        yield Finding("flat", "fail", _("The picture is a single color."))
