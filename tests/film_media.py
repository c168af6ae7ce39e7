"""Clips whose every picture says which clip and which frame it is, in black and white stripes; and readers for them."""

from __future__ import annotations

import hashlib
import io
import math
from array import array
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageDraw

from film.document.rate import Rate
from film.document.timeline import Medium, Timeline, TimelineClip, place

STRIPES = 8
SAMPLE_RATE = 48_000


@dataclass(frozen=True)
class Shape:
    """How a clip is stored."""

    width: int = 128
    height: int = 72
    fps: Fraction = Fraction(24)
    codec: str = "libx264"
    kind: str = "mp4"
    hertz: int = 0
    """Of its tone; 0 for a clip without sound."""
    sample_rate: int = 44_100
    layout: str = "stereo"
    rotation: int = 0
    varies: bool = False
    loudness: float = 0.25


def coded_picture(clip: int, frame: int, width: int, height: int) -> Image.Image:
    """Return a picture with the number of the clip above, and that of the frame below, as stripes for bits."""
    image = Image.new("RGB", (width, height), "black")
    pen, stripe = ImageDraw.Draw(image), width / STRIPES
    for row, number in enumerate((clip, frame)):
        for bit in range(STRIPES):
            if number >> bit & 1:
                pen.rectangle(
                    (bit * stripe, row * height / 2, (bit + 1) * stripe - 1, (row + 1) * height / 2 - 1), fill="white"
                )
    return image


def read_code(image: Image.Image) -> tuple[int, int]:
    """Return the numbers of clip and frame that a picture shows."""
    gray = image.convert("L")
    width, height = gray.size

    def number(row: float) -> int:
        bits = [gray.getpixel((round((bit + 0.5) * width / STRIPES), round(row * height))) for bit in range(STRIPES)]
        return sum(1 << bit for bit, value in enumerate(bits) if value > 128)  # type: ignore[operator,misc]

    return number(0.25), number(0.75)


def write_clip(path: Path, clip: int, frames: int, shape: Shape | None = None) -> Path:
    """Write a clip of so many frames of its own rate."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_encoded(clip, frames, shape or Shape()))
    return path


@lru_cache(maxsize=64)
def _encoded(clip: int, frames: int, shape: Shape) -> bytes:
    """Return the file of a clip, which many tests have alike."""
    file = io.BytesIO()
    with av.open(file, "w", format={"mkv": "matroska"}.get(shape.kind, shape.kind)) as container:
        video: Any = container.add_stream(shape.codec, rate=shape.fps)
        video.width, video.height, video.pix_fmt = shape.width, shape.height, "yuv420p"
        video.options = {"crf": "12", "g": "12"} if shape.codec == "libx264" else {}
        video.codec_context.time_base = Fraction(1, 90000) if shape.varies else 1 / shape.fps
        if shape.rotation:
            video.set_display_rotation(shape.rotation)
        audio: Any = None
        if shape.hertz:
            audio = container.add_stream("aac" if shape.kind != "mkv" else "flac", rate=shape.sample_rate)
            audio.codec_context.layout = shape.layout
        for number in range(frames):
            picture = coded_picture(clip, number, shape.width, shape.height)
            frame: av.VideoFrame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
            jitter = (number % 3 - 1) * 300 if shape.varies else 0
            frame.pts = max(round(number * 90000 / shape.fps) + jitter, 0) if shape.varies else number
            frame.time_base = Fraction(1, 90000) if shape.varies else 1 / shape.fps
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio:
            _write_tone(container, audio, shape, float(frames / shape.fps))
    return file.getvalue()


def _write_tone(container: Any, stream: Any, shape: Shape, seconds: float) -> None:
    channels = {"mono": 1, "stereo": 2, "5.1": 6}[shape.layout]
    total = round(seconds * shape.sample_rate)
    resampler = av.AudioResampler(format=stream.codec_context.format, layout=shape.layout, rate=shape.sample_rate)
    for start in range(0, total, 1024):
        count = min(1024, total - start)
        values = array("f")
        for n in range(start, start + count):
            values.extend([shape.loudness * math.sin(n * shape.hertz * math.tau / shape.sample_rate)] * channels)
        frame = av.AudioFrame(format="flt", layout=shape.layout, samples=count)
        frame.planes[0].update(values.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = shape.sample_rate, start, Fraction(1, shape.sample_rate)
        for converted in resampler.resample(frame):
            container.mux(stream.encode(converted))
    container.mux(stream.encode(None))


def medium(folder: Path, path: Path, frames: int, kind: str = "video") -> Medium:
    """Return the medium of a file."""
    name = path.relative_to(folder).as_posix()
    return Medium(name, kind, name, hashlib.sha256(path.read_bytes()).hexdigest(), frames)  # type: ignore[arg-type]


def timeline(clips: list[TimelineClip], rate: str = "24", **values: Any) -> Timeline:
    """Return a small film of clips at their places."""
    defaults: dict[str, Any] = {"project": "my-film", "name": "My film", "version": 1, "width": 128, "height": 72}
    defaults |= {"fit": "fit", "loudness": -14, **values}
    return Timeline(rate=Rate(rate), clips=place(tuple(clips)), **defaults)


def take(name: str, source: Medium, start_in: int = 0, out: int | None = None, **values: Any) -> TimelineClip:
    """Return a clip that plays a medium."""
    end = source.frames if out is None else out
    return TimelineClip(name, "take", 0, start_in, end, source, scene=name, scene_name=f"Scene {name}", **values)


def read_codes(path: Path) -> list[tuple[int, int]]:
    """Return what each picture of a file shows."""
    with av.open(str(path)) as container:
        return [
            read_code(frame.to_image())  # type: ignore[no-untyped-call]
            for frame in container.decode(video=0)
        ]


def packet_times(path: Path, kind: str) -> list[tuple[int, int]]:
    """Return DTS and PTS of each packet of a track, in its own time base."""
    with av.open(str(path)) as container:
        return [(packet.dts, packet.pts) for packet in container.demux(**{kind: 0}) if packet.size]  # type: ignore[misc]


def sound_samples(path: Path) -> array[float]:
    """Return the left channel of a file's sound, as a player hears it."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
        samples = array("f")
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                samples.frombytes(bytes(part.planes[0])[: part.samples * 4])
        return samples
