"""Sound that the simulator synthesizes: a quiet chord that swells and fades, for voices, effects and sound tracks."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

# samples per second
RATE = 44100
OPUS_RATE = 48000
# of the 32767 that 16 bits can hold
PEAK = 6000
# Hz: an A minor chord
CHORD = (220.0, 261.63, 329.63)
SEMITONES = 12
SWELL_SECONDS = 0.25
# ffmpeg's names of container and codec by file ending
FORMATS = {
    ".mp3": ("mp3", "libmp3lame"),
    ".wav": ("wav", "pcm_s16le"),
    ".flac": ("flac", "flac"),
    ".ogg": ("ogg", "libopus"),
}


def write_chord(path: Path, suffix: str, seconds: float, variant: int = 0) -> None:
    """Write a sound file in the format of `suffix`; the variant, modulo 12, shifts the pitch by semitones."""
    container_name, codec = FORMATS[suffix]
    rate = OPUS_RATE if codec == "libopus" else RATE
    with av.open(str(path), "w", format=container_name) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        if isinstance(stream, AudioStream):
            add_chord(container, stream, seconds, variant)


def add_chord(container: OutputContainer, stream: AudioStream, seconds: float, variant: int = 0) -> None:
    """Encode the chord into an open mono stream and end the stream."""
    rate = stream.codec_context.sample_rate
    resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
    for start, samples in _blocks(seconds, rate, variant):
        block = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
        block.planes[0].update(samples.tobytes().ljust(block.planes[0].buffer_size, b"\0"))
        block.sample_rate, block.pts, block.time_base = rate, start, Fraction(1, rate)
        for frame in resampler.resample(block):
            container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _blocks(seconds: float, rate: int, variant: int) -> Iterator[tuple[int, array[int]]]:
    """Yield the number of the first sample and up to one second of 16-bit samples at a time."""
    chord = _chord_second(rate, variant)
    total, swell = max(1, round(seconds * rate)), SWELL_SECONDS * rate
    for start in range(0, total, rate):
        length = min(rate, total - start)
        levels = (PEAK * min(1.0, (start + n) / swell, (total - start - n) / swell) for n in range(length))
        yield start, array("h", (int(level * sample) for level, sample in zip(levels, chord, strict=False)))


def _chord_second(rate: int, variant: int) -> list[float]:
    """Return one second of the chord, -1 to 1; frequencies are whole, so that repeating it makes no click."""
    pitch = 2 ** ((variant % SEMITONES) / SEMITONES)
    waves = [round(tone * pitch) * math.tau / rate for tone in CHORD]
    return [sum(math.sin(n * wave) for wave in waves) / len(waves) for n in range(rate)]
