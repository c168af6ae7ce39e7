"""Frames of a video as a player shows them: upright, and with square pixels."""

from __future__ import annotations

from fractions import Fraction

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream
from PIL import Image

MAX_FRAME_PIXELS = 8192 * 8192
# a pixel that is longer than this is a mistake
_LONGEST_PIXEL = 16


def picture_streams(container: InputContainer) -> list[VideoStream]:
    """Return the video streams; the cover of a song is one for ffmpeg too, and not for us."""
    return [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]


def pixel_shape(stream: VideoStream) -> Fraction:
    """Return width by height of a pixel: 1 for square ones, and for a shape that nobody shows."""
    shape = stream.sample_aspect_ratio
    return shape if shape and Fraction(1, _LONGEST_PIXEL) <= shape <= _LONGEST_PIXEL else Fraction(1)


def shown_size(frame: av.VideoFrame, shape: Fraction) -> tuple[int, int]:
    """Return width and height in pixels as shown: pixels become square by making one side longer, as in browsers.

    `shape` is that of a pixel before the frame is rotated.
    """
    width, height = _square(frame.width, frame.height, shape)
    return (height, width) if round(frame.rotation) % 180 == 90 else (width, height)


def shown_image(frame: av.VideoFrame, shape: Fraction, max_width: int | None = None) -> Image.Image:
    """Return a frame as it is shown, scaled to be at most `max_width` wide before it is rotated."""
    width, height = _square(frame.width, frame.height, shape)
    scale = min(1.0, max_width / width) if max_width else 1.0
    size = {"width": max(1, round(width * scale)), "height": max(1, round(height * scale))}
    image: Image.Image = frame.to_image(**size)  # type: ignore[no-untyped-call]
    return image.rotate(frame.rotation, expand=True) if frame.rotation else image


def _square(width: int, height: int, shape: Fraction) -> tuple[int, int]:
    size = (round(width * shape), height) if shape > 1 else (width, round(height / shape))
    # a forged shape must not take all memory
    return size if size[0] * size[1] <= MAX_FRAME_PIXELS else (width, height)
