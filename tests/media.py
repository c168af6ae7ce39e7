"""Real pictures, clips and sounds for tests, as bytes; small, and drawn once where they may be the same."""

from __future__ import annotations

import io
import itertools
import math
import random
import struct
import tempfile
from array import array
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageDraw

_numbers = itertools.count(1)
_COLORS = ("#7a1f1f", "#1f4d7a", "#2f6b3a", "#806020", "#503070")


def picture(width: int = 64, height: int = 36, kind: str = "JPEG", **options: object) -> bytes:
    """Return a drawn picture, whose bytes differ from those of every other one."""
    number = next(_numbers)
    image = Image.new("RGB", (width, height), _COLORS[number % len(_COLORS)])
    ImageDraw.Draw(image).text((2, 2), str(number), fill="white")
    return encode(image, kind, **options)


def detailed_picture(width: int, height: int) -> bytes:
    """Return a JPEG with details everywhere, in which the move of a camera can be seen; each one is another."""
    number = next(_numbers)
    image = Image.new("RGB", (width, height), "#d8d2c4")
    draw, across = ImageDraw.Draw(image), width / 16
    for at in range(16 * 9):
        left, top = at % 16 * across, at // 16 * height / 9
        draw.ellipse((left, top, left + across * (1 + at * 7 % 5) / 5, top + height / 9), _COLORS[at * number % 5])
    return encode(image)


@cache
def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Return an image of random values, which nothing compresses. Copy it before you paint on it."""
    size = width * height * len(mode)
    return Image.frombytes(mode, (width, height), random.Random(size).randbytes(size))


def encode(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """Return the bytes of a file of this kind (a format of Pillow)."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def clip(
    width: int = 64,
    height: int = 36,
    frames: int = 12,
    fps: int = 12,
    kind: str = "mp4",
    codec: str = "libx264",
    rotation: int = 0,
    options: dict[str, str] | None = None,
    unique: bool = True,
    pixel_shape: Fraction = Fraction(1),
) -> bytes:
    """Return a small real video. A `unique` one, if MP4 or MOV, has other bytes than every other clip.

    `pixel_shape` is the width by the height of a pixel, before the rotation.
    """
    drawn = _draw_clip(width, height, frames, fps, kind, codec, rotation, tuple((options or {}).items()), pixel_shape)
    return unique_clip(drawn, next(_numbers)) if unique and kind in ("mp4", "mov") else drawn


def unique_clip(content: bytes, seed: object, size: int = 4) -> bytes:
    """Return the MP4 with a box of `size` bytes, drawn from the seed, that players skip."""
    padding = random.Random(str(seed)).randbytes(size)
    return content + struct.pack(">I4s", len(padding) + 8, b"free") + padding


@cache
def _draw_clip(
    width: int, height: int, frames: int, fps: int, kind: str, codec: str, rotation: int,
    options: tuple[tuple[str, str], ...], pixel_shape: Fraction,
) -> bytes:  # fmt: skip
    # a file: the index can be moved to the front (movflags=faststart) only in one
    with (
        tempfile.NamedTemporaryFile() as file,
        av.open(file.name, "w", format=kind, options=dict(options)) as container,
    ):
        stream: Any = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, fps)
        stream.codec_context.sample_aspect_ratio = pixel_shape
        if rotation:
            stream.set_display_rotation(rotation)
        for number in range(frames):
            shade = number * 9 % 256
            image = Image.new("RGB", (width, height), (shade, 90, 255 - shade))
            frame: av.VideoFrame = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        container.close()
        return Path(file.name).read_bytes()


@cache
def sound(kind: str = "wav", codec: str = "pcm_s16le", seconds: float = 1.0, rate: int = 44100) -> bytes:
    """Return a quiet tone, always the same."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="mono")
        turn = array("h", (int(8000 * math.sin(n * 440 * math.tau / rate)) for n in range(rate // math.gcd(440, rate))))
        wave = (turn * math.ceil(rate * seconds / len(turn)))[: int(rate * seconds)]
        for start in range(0, len(wave), 1024):
            samples = wave[start : start + 1024]
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
            frame.planes[0].update(samples.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def write_samples(folder: Path) -> None:
    """Write two pictures, a clip, a sound, and a file that is none of these."""
    for name, data in (
        ("a.png", picture(640, 360, "PNG")),
        ("b.png", picture(640, 362, "PNG")),
        ("clip.mp4", clip(64, 36, frames=40, fps=12)),
        ("voice.wav", sound(seconds=3.5)),
        ("notes.txt", b"no picture"),
    ):
        folder.joinpath(name).write_bytes(data)
