"""Names of FCPXML that writer and reader share. Times are exact fractions of a second."""

from __future__ import annotations

import re
from fractions import Fraction

from film.document.cut import Lane, Place
from film.document.rate import Rate

VERSION = "1.10"
_TIME = re.compile(r"-?\d{1,18}(?:\.\d{1,12}|/0*[1-9]\d{0,17})?s", re.ASCII)
DISSOLVE = "Cross Dissolve"
DISSOLVE_UID = "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"
AUDIO_CROSSFADE = "Audio Crossfade"
AUDIO_CROSSFADE_UID = "FFAudioTransition"
TITLE = "Basic Title"
TITLE_UID = ".../Titles.localized/Bumper:Opener.localized/Basic Title.localized/Basic Title.moti"
ASSET_KEY = "com.dailies.asset"
SHA256_KEY = "com.dailies.sha256"
SETTINGS_KEY = "com.dailies.settings"
ROOM = "Room for sound"
"""A gap behind the last clip, to which later sounds are connected."""
ROLES: dict[Lane, str] = {"voice": "dialogue.Voice", "music": "music", "effects": "effects"}
CAPTION_ROLE = "SRT?captionFormat=SRT.en"
# in percent of the height, above the centre
HEIGHTS: dict[Place, int] = {"top": 35, "centre": 0, "bottom": -35}


def time_text(frames: int, rate: Rate) -> str:
    """Return a time as FCPXML writes it: `1001/24000s`, and whole seconds as `5s`."""
    seconds = rate.seconds(frames)
    whole = seconds.denominator == 1
    # of one frame it is the exact duration that editors compare
    return f"{seconds.numerator}s" if whole else f"{seconds.numerator}/{seconds.denominator}s"


def seconds_of(text: str | None) -> Fraction:
    """Return a time in seconds. Raise ValueError for what is none."""
    if not text:
        return Fraction(0)
    # Fraction() itself would also take a number with a million zeros
    if not _TIME.fullmatch(text):
        raise ValueError(f"{text[:40]} is no time")
    return Fraction(text[:-1])
