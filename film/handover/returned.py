"""What a file from an editor says, in the terms that all formats share and in frames of the cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from typing import Any

from film.document.cut import PLACES, Caption, Lane, Marker, Place, Title
from film.document.rate import NAMES, Rate
from film.handover.edit import LANE_NAMES
from projects.translation import gettext as _

MAX_SENTENCES = 200
"""Of a report."""
GAIN_TOLERANCE = 0.01
"""In dB: a gain that was written as a factor, and read again, is a little off."""


@dataclass(frozen=True)
class Reference:
    """How a file names a medium. Any of these may be empty."""

    asset: str = ""
    sha256: str = ""
    path: str = ""
    """An address or a path, as it is written."""
    name: str = ""

    def __str__(self) -> str:
        return self.path or self.name or _("a file without a name")


@dataclass
class ReturnedClip:
    """A piece of the picture track between its cut points; without a reference it is black."""

    name: str
    source_in: int
    length: int
    references: tuple[Reference, ...] = ()
    """The first that is known is shown."""
    own: Mapping[str, Any] = field(default_factory=dict)
    """Our settings, where the format has kept them."""
    before: int = 0
    """Frames of the dissolve into it that lie before its first cut point."""
    after: int = 0
    """And after it: so long the clip before plays on."""
    note: str | None = None
    """None where the format has no place for it."""
    gain: float | None = None
    mute: bool | None = None


@dataclass
class ReturnedSound:
    """A piece of sound. It belongs to its picture where it plays the same frames of a clip's file as the clip."""

    name: str
    start: int
    source_in: int
    length: int
    reference: Reference
    lane: Lane | None = None
    own: Mapping[str, Any] = field(default_factory=dict)
    gain: float | None = None
    fade_in: int | None = None
    fade_out: int | None = None
    enabled: bool = True
    is_of_take: bool = False
    """Whether the file says that it is the sound of a take."""


@dataclass
class ReturnedFilm:
    """A whole file. A part that is None is one that its format cannot carry."""

    clips: list[ReturnedClip] = field(default_factory=list)
    sounds: list[ReturnedSound] | None = None
    captions: list[Caption] | None = None
    titles: list[Title] | None = None
    markers: list[Marker] | None = None
    version: int | None = None
    """Of the cut that the file was written from, where it says so."""
    said: dict[str, None] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        """Add a sentence to the report, once."""
        self.said[sentence] = None

    @property
    def report(self) -> list[str]:
        """What was not imported, MAX_SENTENCES at most."""
        sentences = list(self.said)
        left = len(sentences) - MAX_SENTENCES
        return sentences if left < 1 else [*sentences[:MAX_SENTENCES], _("And {left} more.").format(left=left)]


class Grid:
    """Turns times of a file into frames of the cut, each from the start of the film, so that nothing adds up."""

    def __init__(self, rate: Rate, film: ReturnedFilm) -> None:
        self.rate = rate
        self._film = film

    def frames(self, seconds: Fraction) -> int:
        """Return the frame at a time. One that lies between two frames is rounded, and reported."""
        exact = seconds * self.rate.fps
        nearest = round(exact)
        # a time that was written as a decimal is a little off
        if abs(exact - nearest) > Fraction(1, 100):
            self._film.say(_("Some times lie between two frames of the cut; they were moved to the nearer one."))
        return nearest

    def check_rate(self, fps: Fraction) -> None:
        """Report a file that counts other frames than the cut."""
        if fps != self.rate.fps:
            other, own = (f"{float(each):.5g}" for each in (fps, self.rate.fps))
            self._film.say(
                _("The file counts {other} frames a second, and the cut {own}: times were converted.").format(
                    other=other, own=own
                )
            )


@lru_cache(maxsize=64)
def exact_rate(value: float) -> Fraction:
    """Return the rate that a decimal number stands for: 23.976 is 24000/1001."""
    known = [Fraction(name) for name in (*NAMES, "50", "48", "48000/1001")]
    near = min(known, key=lambda fps: abs(fps - Fraction(value)))
    return near if abs(float(near) - value) < 0.01 else Fraction(value).limit_denominator(1001)


def lane_of(name: str) -> Lane | None:
    """Return the lane that a track or role is named after."""
    lowered = name.lower()
    for lane, title in LANE_NAMES.items():
        if lowered.startswith((lane, title.lower())):
            return lane
    return "voice" if lowered.startswith("dialog") else None


def place_of(name: Any) -> Place:
    """Return where words stand that a file has a name for; in the centre without one that is known."""
    return next((place for place in PLACES if place == name), "centre")


def is_other_gain(value: float | None, kept: float) -> bool:
    """Whether a gain in dB is given, and another one than that of the cut."""
    return value is not None and abs(value - kept) > GAIN_TOLERANCE


def as_number(value: Any) -> float | None:
    """Return a number of our settings, None for what is none."""
    return float(value) if isinstance(value, int | float) and isfinite(value) else None
