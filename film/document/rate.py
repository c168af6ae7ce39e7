"""The rates of a film, exactly: 23.976 frames a second are 24000/1001."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

NAMES = ("24", "25", "30", "60", "24000/1001", "30000/1001", "60000/1001")
"""The rates that a cut may have."""
# a take of 5 seconds may be stored as 4.99 s; a frame that is there to nine tenths is a frame
_TOLERANCE = 0.1


class Rate:
    """Frames per second, by the name that the cut has for it."""

    def __init__(self, name: str) -> None:
        """Raise ValueError for a name that is not among NAMES."""
        if name not in NAMES:
            raise ValueError(f"a rate is one of {', '.join(NAMES)}, not {name}")
        self.name = name

    def __repr__(self) -> str:
        return f"Rate({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rate) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    @cached_property
    def fps(self) -> Fraction:
        """Frames per second."""
        return Fraction(self.name)

    @cached_property
    def _frames_per_second(self) -> float:
        return float(self.fps)

    @property
    def nominal(self) -> int:
        """The whole number of frames that time code counts in a second: 24 for 23.976."""
        return round(self.fps)

    @property
    def is_ntsc(self) -> bool:
        """Whether it is 1000/1001 of the nominal rate."""
        return self.fps.denominator != 1

    def seconds(self, frames: int) -> Fraction:
        """Return how long that many frames are, in seconds."""
        return frames / self.fps

    def frames(self, seconds: float | Fraction) -> int:
        """Return how many whole frames fit into a time in seconds, at least one for any time above zero."""
        # a film of a thousand clips asks often: fractions would take ten times as long, and the tolerance covers floats
        frames = float(seconds) * self._frames_per_second
        return max(int(frames + _TOLERANCE), 1 if frames > 0 else 0)

    def samples(self, frames: int, sample_rate: int = 48_000) -> int:
        """Return the sample at which a frame begins. Always from the start of the film, so that nothing drifts."""
        return round(frames * sample_rate / self.fps)

    def timecode(self, frame: int) -> str:
        """Return `HH:MM:SS:FF`, counted without dropping numbers."""
        seconds, frames = divmod(frame, self.nominal)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours:02}:{minutes:02}:{seconds:02}:{frames:02}"
