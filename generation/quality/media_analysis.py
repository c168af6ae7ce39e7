"""What is known of a clip or a sound after it was decoded."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from PIL import Image


@dataclass(frozen=True)
class TimeSpan:
    """A part of a clip, in seconds from its first frame."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """The length."""
        return self.end - self.start


@dataclass
class MediaAnalysis:
    """`declared_*` is what the container's header says; the rest was measured.

    Times are seconds from the first frame, sizes are pixels as shown. `corrupt_at` is when the first damaged frame is
    shown, and `broke_at` when decoding failed, with `broke_with` as the decoder's message.
    """

    container: str = ""
    codec: str = ""
    width: int = 0
    height: int = 0
    declared_seconds: float | None = None
    declared_frames: int = 0
    declared_fps: float | None = None
    whole: bool = True
    """Whether every frame was decoded, and not only key frames and the end."""
    frames: int = 0
    seconds: float = 0.0
    corrupt_at: float | None = None
    broke_at: float | None = None
    broke_with: str = ""
    black: list[TimeSpan] = field(default_factory=list)
    frozen: list[TimeSpan] = field(default_factory=list)
    fingerprint: list[str] = field(default_factory=list)
    opening: list[Image.Image] = field(default_factory=list)
    """The first frames that are not black."""
    thumbnails: list[tuple[float, Image.Image]] = field(default_factory=list)
    """One for each second."""
    has_sound: bool = False
    peak: float = -math.inf
    """Of the sound, in dB of full scale."""

    def thumbnail_at(self, at: float | None) -> Image.Image | None:
        """Return the last thumbnail at or before a time, else the first one; None when there is none."""
        before = [image for time, image in self.thumbnails if at is not None and time <= at + 0.001]
        if before:
            return before[-1]
        return self.thumbnails[0][1] if self.thumbnails else None
