"""Clips and pictures that the program draws itself: the simulator's output and the sample project.

No array library is at hand and none is needed. A picture is turned once into the three planes that the codec wants,
enlarged; each frame then picks the nearest points of these through a window whose edges fall on fractions of the
frame's pixels, so that even a slow move is smooth. Measured: 5 s of 1280x720 take about 0.8 s of one core.
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

# the planes have this many points for each pixel of the frame, each way
FINENESS = 4
# at its closest the camera sees this part of the picture's width and height
CLOSE = 0.88
MIDDLE = (1 - CLOSE) / 2


class Window(NamedTuple):
    """What the camera sees: its corner and its size, as parts (0 to 1) of the picture's width and height."""

    left: float
    top: float
    size: float


# each move of the camera, from its first window to its last
MOVES = {
    "in": (Window(0, 0, 1), Window(MIDDLE, MIDDLE, CLOSE)),
    "out": (Window(MIDDLE, MIDDLE, CLOSE), Window(0, 0, 1)),
    "right": (Window(0, MIDDLE, CLOSE), Window(1 - CLOSE, MIDDLE, CLOSE)),
    "left": (Window(1 - CLOSE, MIDDLE, CLOSE), Window(0, MIDDLE, CLOSE)),
    "up": (Window(MIDDLE, 1 - CLOSE, CLOSE), Window(MIDDLE, 0, CLOSE)),
    "down": (Window(MIDDLE, 0, CLOSE), Window(MIDDLE, 1 - CLOSE, CLOSE)),
}


def draw_clip(
    picture: Image.Image,
    width: int,
    height: int,
    seconds: float,
    path: Path,
    fps: int = 24,
    move: str = "in",
    sound: bool = False,
) -> None:
    """A real H.264 file that moves slowly over the picture, which is cropped around its centre to the asked shape.

    `move` is one of `MOVES`. Width and height must be even, as the codec wants them. `sound` adds a quiet chord.
    """
    planes = _planes(picture, width, height)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.colorspace = Colorspace.ITU709
        stream.codec_context.color_range = ColorRange.MPEG
        # one core: the rest of the machine has other work
        stream.codec_context.thread_count = 1
        audio = container.add_stream("aac", rate=synth_audio.RATE, layout="mono") if sound else None
        for number, window in enumerate(_path(*MOVES[move], round(seconds * fps))):
            frame = _frame(planes, window, width, height)
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if audio is not None:
            synth_audio.add(container, audio, seconds)


def draw_picture(width: int, height: int, variant: int) -> Image.Image:
    """A quiet still, as if from a film: each `variant` (counted round) is another place. RGB."""
    return drawn_scenes.draw(width, height, variant)


def _planes(picture: Image.Image, width: int, height: int) -> list[Image.Image]:
    """Brightness, and the two colours at half its size: what 4:2:0 video is made of."""
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    cropped = ImageOps.fit(upright, (width, height), Image.Resampling.LANCZOS)
    frame = av.VideoFrame.from_image(cropped).reformat(  # type: ignore[no-untyped-call]
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    return [_enlarged(plane) for plane in frame.planes]


def _enlarged(plane: av.video.plane.VideoPlane) -> Image.Image:
    size = (plane.width, plane.height)
    image = Image.frombytes("L", size, bytes(plane), "raw", "L", plane.line_size)
    return image.resize((plane.width * FINENESS, plane.height * FINENESS), Image.Resampling.BICUBIC)


def _path(first: Window, last: Window, frames: int) -> Iterator[Window]:
    """From one window to the other, starting and stopping softly."""
    for number in range(frames):
        along = (1 - math.cos(math.pi * number / max(frames - 1, 1))) / 2
        yield Window(*(a + (b - a) * along for a, b in zip(first, last, strict=True)))


def _frame(planes: list[Image.Image], window: Window, width: int, height: int) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, target in zip(planes, frame.planes, strict=True):
        left, top = window.left * plane.width, window.top * plane.height
        box = (left, top, left + window.size * plane.width, top + window.size * plane.height)
        seen = plane.resize((target.width, target.height), Image.Resampling.NEAREST, box=box)
        # rows in memory may be longer than the picture is wide
        target.update(seen.crop((0, 0, target.line_size, target.height)).tobytes())
    return frame
