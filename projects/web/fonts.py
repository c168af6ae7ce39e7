"""The typeface of the pages: Inter, out of a package, and a copy of it with only the Latin characters.

Each weight of the package has 111 kB, since it has Cyrillic, Greek, and many alternates. The copy has 20 kB. It is made
once, by `make`, beside the packages; browsers load the whole one for other characters alone (static/css/tokens.css).
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from pathlib import Path

PACKAGE = Path(str(importlib.metadata.distribution("django-unfold").locate_file("unfold/static/unfold/fonts/inter")))
WEIGHTS = ("Regular", "Medium", "SemiBold")
_LATIN = Path(sys.prefix) / "share" / "dailies" / "fonts"
_STYLES = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
# kerning, figures of one width, accents, and what joins with its neighbors
_FEATURES = ["kern", "tnum", "calt", "ccmp", "locl", "mark", "mkmk"]


def latin_folder() -> Path:
    """Return the folder of the small copies, or the one of the package where `make` has not made them."""
    complete = all((_LATIN / f"Inter-{weight}.woff2").exists() for weight in WEIGHTS)
    return _LATIN if complete else PACKAGE


def latin_range() -> str:
    """Return the characters of the small copies as the stylesheet has them, for example "U+0020-007E, U+20AC"."""
    face = re.search(r"fonts/latin/[^}]*?unicode-range:\s*([^;]+);", _STYLES.read_text())
    if not face:
        raise ValueError(f"{_STYLES} has no unicode-range for a file of fonts/latin.")
    return " ".join(face[1].split())


def make_latin(folder: Path = _LATIN) -> None:
    """Write the small copies into a folder. Raise OSError where it cannot be written."""
    # a second of loading, for this alone
    from fontTools import subset
    from fontTools.ttLib import TTFont

    folder.mkdir(parents=True, exist_ok=True)
    options = subset.Options(layout_features=_FEATURES, hinting=False)
    for weight in WEIGHTS:
        with TTFont(PACKAGE / f"Inter-{weight}.woff2") as font:
            subsetter = subset.Subsetter(options)
            subsetter.populate(unicodes=subset.parse_unicodes(latin_range()))
            subsetter.subset(font)
            font.save(folder / f"Inter-{weight}.woff2")


if __name__ == "__main__":
    make_latin()
