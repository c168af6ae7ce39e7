"""Detectors that are fed a clip from its first frame to its last, and collect what they detect."""

from __future__ import annotations

import math
from fractions import Fraction

import av
from PIL import Image

from generation.quality import thresholds as limit
from generation.quality.frame import FrameSample, has_moved
from generation.quality.media_analysis import TimeSpan
from projects.disk.shown_frames import shown_image

OPENING_WIDTH = 160
OPENING_FRAMES = 3
# the fingerprint of a clip has this many moments
FINGERPRINT_MOMENTS = 8


class BlackDetector:
    """Collects the spans in which the picture is black."""

    def __init__(self) -> None:
        self.spans: list[TimeSpan] = []
        self._since: float | None = None

    def add(self, sample: FrameSample) -> None:
        """Take the next sample into account."""
        if not sample.is_black:
            self.end(sample.at)
        elif self._since is None:
            self._since = sample.at

    def end(self, at: float) -> None:
        """End a black span at a time in seconds."""
        if self._since is not None and at > self._since:
            self.spans.append(TimeSpan(self._since, at))
        self._since = None


class FreezeDetector:
    """Collects the spans of at least `FROZEN_WARN_SECONDS` in which nothing moves."""

    def __init__(self) -> None:
        self.spans: list[TimeSpan] = []
        self._first: FrameSample | None = None

    def add(self, sample: FrameSample) -> None:
        """Take the next sample into account."""
        if self._first is None or has_moved(self._first, sample):
            self.end(sample.at)
            self._first = sample

    def end(self, at: float) -> None:
        """End a still span at a time in seconds."""
        if self._first and at - self._first.at >= limit.FROZEN_WARN_SECONDS:
            self.spans.append(TimeSpan(self._first.at, at))


class OpeningCollector:
    """Collects up to `OPENING_FRAMES` frames that are not black, spread over the opening of a clip.

    `shape` is width by height of a pixel.
    """

    def __init__(self, shape: Fraction) -> None:
        self._shape = shape
        self.pictures: list[Image.Image] = []
        self._begins_at = 0.0

    def add(self, frame: av.VideoFrame, sample: FrameSample) -> None:
        """Take the next frame and its sample into account."""
        if sample.is_black:
            return
        if not self.pictures:
            self._begins_at = sample.at
        if len(self.pictures) < OPENING_FRAMES and sample.at - self._begins_at >= self._due_after():
            self.pictures.append(shown_image(frame, self._shape, OPENING_WIDTH))

    def _due_after(self) -> float:
        return len(self.pictures) * limit.OPENING_SECONDS / OPENING_FRAMES


class FingerprintCollector:
    """Collects the fingerprints of all samples, and picks those of a few moments."""

    def __init__(self) -> None:
        self._samples: list[tuple[float, str]] = []

    def add(self, sample: FrameSample) -> None:
        """Take the next sample into account."""
        self._samples.append((sample.at, sample.fingerprint))

    def moments(self, seconds: float) -> list[str]:
        """Return the fingerprints nearest to the middles of `FINGERPRINT_MOMENTS` equal parts of the clip's length."""
        if not self._samples:
            return []
        middles = [(number + 0.5) / FINGERPRINT_MOMENTS * seconds for number in range(FINGERPRINT_MOMENTS)]
        return [min(self._samples, key=lambda sample: abs(sample[0] - middle))[1] for middle in middles]


class PeakMeter:
    """Measures the loudest sample of a sound, in dB of full scale; minus infinity while there is only silence."""

    def __init__(self) -> None:
        self.peak = -math.inf
        self._resampler = av.AudioResampler(format="s16", layout="mono")

    def add(self, frame: av.AudioFrame) -> None:
        """Take the next block of sound into account."""
        for block in self._resampler.resample(frame):
            samples = memoryview(block.planes[0]).cast("B")[: block.samples * 2].cast("h")
            loudest = max(max(samples, default=0), -min(samples, default=0))
            self.peak = max(self.peak, 20 * math.log10(loudest / 32768) if loudest else -math.inf)
