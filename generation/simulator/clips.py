"""Clips and pictures that the program draws: the simulator's output, and the sample project.

A picture is turned once into the three planes of 4:2:0 video, enlarged. Each frame then samples the planes through a
window whose edges lie on fractions of the frame's pixels, so that even a slow move is smooth. This needs no array
library; measured, 5 s of 1280x720 take about 0.8 s of one core.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image, ImageOps

from generation.simulator import drawn_scenes, synth_audio

# points of a plane for each pixel of the frame, in each direction
OVERSAMPLING = 4
# the part of the picture's width and height that the camera sees when it is closest; more in other variants of a move.
# A take that begins closer would not begin with its first frame
CLOSEST, CLOSE = 0.88, 0.94
VARIANTS = 8


class Window(NamedTuple):
    """What the camera sees: its corner and its size, as fractions of the picture's width and height."""

    left: float
    top: float
    size: float


MOVES = ("in", "out", "right", "left", "up", "down")


def draw_clip(
    picture: Image.Image,
    width: int,
    height: int,
    seconds: float,
    path: Path,
    fps: int = 24,
    move: str = "in",
    variant: int = 0,
    sound: bool = False,
) -> None:
    """Write an H.264 clip that moves slowly over a picture, which is cropped around its center to the clip's shape.

    Width and height are even numbers of pixels, `move` is one of `MOVES`, and `variant`, from 0 to `VARIANTS` - 1, says
    how far it goes; `sound` adds a quiet chord.
    """
    planes = _planes(picture, width, height)
    # the index goes to the front, so that players can start before the end has arrived
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.colorspace = Colorspace.ITU709
        stream.codec_context.color_range = ColorRange.MPEG
        # one core: the rest of the machine has other work
        stream.codec_context.thread_count = 1
        audio = container.add_stream("aac", rate=synth_audio.RATE, layout="mono") if sound else None
        for number, window in enumerate(_windows(*_ends(move, variant), round(seconds * fps))):
            frame = _frame(planes, window, width, height)
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if audio is not None:
            synth_audio.add_chord(container, audio, seconds)


def draw_picture(width: int, height: int, variant: int) -> Image.Image:
    """Return an RGB picture of a quiet place; the variant, modulo the number of places, picks which."""
    return drawn_scenes.draw(width, height, variant)


def _planes(picture: Image.Image, width: int, height: int) -> list[Image.Image]:
    """Return the planes of 4:2:0 video, enlarged: brightness, and the two colors at half its size."""
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    cropped = ImageOps.fit(upright, (width, height), Image.Resampling.LANCZOS)
    frame = av.VideoFrame.from_image(cropped).reformat(  # type: ignore[no-untyped-call]
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    return [_enlarge(plane) for plane in frame.planes]


def _enlarge(plane: av.video.plane.VideoPlane) -> Image.Image:
    size = (plane.width, plane.height)
    image = Image.frombytes("L", size, bytes(plane), "raw", "L", plane.line_size)
    return image.resize((plane.width * OVERSAMPLING, plane.height * OVERSAMPLING), Image.Resampling.BICUBIC)


def _ends(move: str, variant: int) -> tuple[Window, Window]:
    """Return the first window of a move and its last."""
    close = CLOSEST + (CLOSE - CLOSEST) * variant / VARIANTS
    margin, far = (1 - close) / 2, 1 - close
    return {
        "in": (Window(0, 0, 1), Window(margin, margin, close)),
        "out": (Window(margin, margin, close), Window(0, 0, 1)),
        "right": (Window(0, margin, close), Window(far, margin, close)),
        "left": (Window(far, margin, close), Window(0, margin, close)),
        "up": (Window(margin, far, close), Window(margin, 0, close)),
        "down": (Window(margin, 0, close), Window(margin, far, close)),
    }[move]


def _windows(first: Window, last: Window, frames: int) -> Iterator[Window]:
    """Yield a window for each frame, easing in and out."""
    for number in range(frames):
        along = (1 - math.cos(math.pi * number / max(frames - 1, 1))) / 2
        yield Window(*(a + (b - a) * along for a, b in zip(first, last, strict=True)))


def _frame(planes: list[Image.Image], window: Window, width: int, height: int) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, target in zip(planes, frame.planes, strict=True):
        left, top = window.left * plane.width, window.top * plane.height
        box = (left, top, left + window.size * plane.width, top + window.size * plane.height)
        view = plane.resize((target.width, target.height), Image.Resampling.NEAREST, box=box)
        # rows in memory may be longer than the picture is wide
        target.update(view.crop((0, 0, target.line_size, target.height)).tobytes())
    return frame
