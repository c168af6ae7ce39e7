"""The drawings of icons, out of the archive in the package lucide.

The package reads its archive anew for each icon, 1,745 names long: measured, 9 ms each and half a second for the first
pages of a process. Here it is read once.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

# what is within the svg element; its own attributes are the same for all drawings
SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
BETWEEN_ELEMENTS = re.compile(r">\s+<")
LOOK = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'


def svg(name: str, attributes: str) -> str:
    """Return an icon as an svg element with these attributes besides its look. Raise KeyError for an unknown name."""
    return f'<svg viewBox="0 0 24 24" {LOOK} {attributes}>{_shapes(name)}</svg>'


@cache
def _shapes(name: str) -> str:
    drawing = _archive().read(f"{name}.svg").decode()
    return BETWEEN_ELEMENTS.sub("><", SHAPES.search(drawing)[1].strip())  # type: ignore[index]


@cache
def _archive() -> ZipFile:
    # from memory: an open file would share its position with the forks of this process
    return ZipFile(BytesIO((files("lucide") / "lucide.zip").read_bytes()))
