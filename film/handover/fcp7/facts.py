"""Names of FCP7 XML that writer and reader share. All numbers are frames of the sequence's rate."""

from __future__ import annotations

from film.document.cut import Place
from film.document.rate import Rate

DISSOLVE = "Cross Dissolve"
CROSSFADE = "Cross Fade (+3dB)"
CROSSFADE_ID = "KGAudioTransCrossFade3dB"
SLUG = "Slug"
"""The generator of black."""
TEXT = "Text"
"""The generator of words."""
LEVELS = "audiolevels"
FILE_PREFIX = "file-"
MAX_LEVEL = 3.98107
"""The highest factor of a level: +12 dB."""
MAX_GAIN = 12.0
# of the height, above the centre
HEIGHTS: dict[Place, float] = {"top": -0.35, "centre": 0.0, "bottom": 0.35}


def factor_of(gain: float) -> float:
    """Return the factor for a gain in dB."""
    return min(10 ** (gain / 20), MAX_LEVEL)


def ntsc_text(rate: Rate) -> str:
    """Return whether a timebase counts 1000/1001 of its frames."""
    return "TRUE" if rate.is_ntsc else "FALSE"
