"""Small clips with and without faults for the tests of quality control, encoded by ffmpeg."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageDraw

from generation.simulator import clips

WIDTH, HEIGHT, FPS, SECONDS = 320, 180, 24, 4
# of a sound, in samples: 11 turns of a tone of 440 Hz
PERIOD = 1200
BLACK = Image.new("RGB", (WIDTH, HEIGHT))


@cache
def place(variant: int = 0, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Return one of the simulator's drawn scenes. Copy it before you paint on it."""
    return clips.draw_picture(width, height, variant)


def zoomed(picture: Image.Image, part: float, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Return the middle of a picture, `part` of its width and height."""
    edge = (1 - part) / 2
    box = (edge * picture.width, edge * picture.height, (1 - edge) * picture.width, (1 - edge) * picture.height)
    return picture.resize((width, height), Image.Resampling.BICUBIC, box=box)


def push_in(picture: Image.Image, frames: int = SECONDS * FPS, closest: float = 0.88) -> Iterable[Image.Image]:
    return (zoomed(picture, 1 - (1 - closest) * n / frames, picture.width, picture.height) for n in range(frames))


@cache
def good_frames() -> tuple[Image.Image, ...]:
    """Return the frames of a clip without faults. Copy one before you paint on it."""
    return tuple(push_in(place()))


def dimmed(picture: Image.Image, light: float) -> Image.Image:
    return picture.point(lambda value: round(value * light))


def with_bird(picture: Image.Image, number: int) -> Image.Image:
    """Return a copy of a picture with a small bird, whose position depends on the number."""
    copy = picture.copy()
    left = 40 + number
    ImageDraw.Draw(copy).ellipse((left, 20, left + 8, 26), fill="black")
    return copy


def save(
    path: Path,
    frames: Iterable[Image.Image],
    *,
    fps: int = FPS,
    codec: str = "libx264",
    sound: Callable[[int], float] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Encode frames to a clip and return its path.

    `sound` maps the number of a sample (48,000 per second) to -1 … 1, repeats after `PERIOD` samples, and is as long
    as the clip.
    """
    shown = iter(frames)
    first = next(shown)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream: Any = container.add_stream(codec, rate=fps, options=options or {"preset": "ultrafast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, "yuv420p"
        stream.codec_context.thread_count = 1
        track: Any = container.add_stream("aac", rate=48000, layout="mono") if sound else None
        count = 0
        for count, image in enumerate([first, *shown]):
            frame: Any = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = count, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if track:
            _add_sound(container, track, sound, (count + 1) * 48000 // fps)
    return path


def _add_sound(container: Any, track: Any, sound: Any, samples: int) -> None:
    wave = array("h", (round(32767 * sound(n)) for n in range(PERIOD))) * (samples // PERIOD + 2)
    for start in range(0, samples, 1024):
        frame = av.AudioFrame(format="s16", layout="mono", samples=1024)
        frame.planes[0].update(wave[start : start + 1024].tobytes())
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        container.mux(track.encode(frame))
    container.mux(track.encode(None))


def tone(number: int) -> float:
    return 0.2 * math.sin(number * 440 * math.tau / 48000)


def silence(number: int) -> float:
    return 0.0
