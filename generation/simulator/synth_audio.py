"""Sound that the program makes itself: a quiet chord that swells and fades, for the simulator's voices and effects."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

RATE = 44100
LOUD = 6000
# A minor, and what a seed may move it by, in half tones
CHORD = (220.0, 261.63, 329.63)
HALF_TONES = 12
SWELL_SECONDS = 0.25
# file ending → ffmpeg's container and codec
FORMATS = {
    ".mp3": ("mp3", "libmp3lame"),
    ".wav": ("wav", "pcm_s16le"),
    ".flac": ("flac", "flac"),
    ".ogg": ("ogg", "libopus"),
}
OPUS_RATE = 48000


def write(path: Path, suffix: str, seconds: float, variant: int = 0) -> None:
    """A real file of that kind; each `variant` (counted round) is another pitch."""
    container_name, codec = FORMATS[suffix]
    rate = OPUS_RATE if codec == "libopus" else RATE
    with av.open(str(path), "w", format=container_name) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        if isinstance(stream, AudioStream):
            add(container, stream, seconds, variant)


def add(container: OutputContainer, stream: AudioStream, seconds: float, variant: int = 0) -> None:
    """To an open file, as one of its streams."""
    rate = stream.codec_context.sample_rate
    resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
    for start, samples in _blocks(seconds, rate, variant):
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
        frame.planes[0].update(samples.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        for each in resampler.resample(frame):
            container.mux(stream.encode(each))
    container.mux(stream.encode(None))


def _blocks(seconds: float, rate: int, variant: int) -> Iterator[tuple[int, array[int]]]:
    """One second of the chord is made once, and repeated with its swell."""
    pitch = 2 ** ((variant % HALF_TONES) / 12)
    # whole waves in a second, so that one second goes on into the next
    waves = [round(tone * pitch) * math.tau / rate for tone in CHORD]
    second = [sum(math.sin(n * wave) for wave in waves) / len(waves) for n in range(rate)]
    total, swell = max(1, round(seconds * rate)), SWELL_SECONDS * rate
    for start in range(0, total, rate):
        ends = min(rate, total - start)
        loud = (LOUD * min(1.0, (start + n) / swell, (total - start - n) / swell) for n in range(ends))
        yield start, array("h", (int(level * sample) for level, sample in zip(loud, second, strict=False)))
