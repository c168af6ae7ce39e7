"""Sprites: some frames of a clip side by side in one small JPEG, through which a page scrubs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image

from projects.disk.recordings import open_video
from projects.disk.shown_frames import pixel_shape, shown_image

FRAMES = 12
FRAME_SIDE = 240
"""The longer side of a frame, in pixels."""
# a longer video is shown by its key frames, which are found without decoding what lies between
_MAX_SECONDS_DECODED = 60.0


def make_sprite(path: Path) -> bytes:
    """Return a JPEG with FRAMES frames of a video in one row, at equal distances from its beginning to its end.

    Raise Problem 415 for another kind of file, 422 for a damaged one, FileNotFoundError where there is none.
    """
    with open_video(path) as (container, stream):
        frames = [_small(frame, stream) for frame in _frames(container, stream)]
    width, height = frames[0].size
    sprite = Image.new("RGB", (width * FRAMES, height))
    for number in range(FRAMES):
        # a clip that ends early shows its last frame for the rest
        sprite.paste(frames[min(number, len(frames) - 1)].resize((width, height)), (number * width, 0))
    buffer = io.BytesIO()
    sprite.save(buffer, "JPEG", quality=72, optimize=True)
    return buffer.getvalue()


def _small(frame: av.VideoFrame, stream: VideoStream) -> Image.Image:
    image = shown_image(frame, pixel_shape(stream), 2 * FRAME_SIDE)
    image.thumbnail((FRAME_SIDE, FRAME_SIDE))
    return image.convert("RGB")


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    """Yield at most FRAMES frames. Raise EOFError for a video without any."""
    start = (container.start_time or 0) / av.time_base
    seconds = (container.duration or 0) / av.time_base
    times = [start + seconds * number / FRAMES for number in range(FRAMES)]
    if seconds > _MAX_SECONDS_DECODED:
        yield from _key_frames(container, stream, times)
    else:
        yield from _decoded_frames(container, stream, times)


def _decoded_frames(container: InputContainer, stream: VideoStream, times: list[float]) -> Iterator[av.VideoFrame]:
    frame, wanted = None, 0
    for frame in container.decode(stream):
        # several times may fall into one frame of a slow clip
        while wanted < len(times) and frame.time is not None and frame.time >= times[wanted]:
            yield frame
            wanted += 1
        if wanted == len(times):
            return
    if frame is None:
        raise EOFError("not one frame")
    yield frame


def _key_frames(container: InputContainer, stream: VideoStream, times: list[float]) -> Iterator[av.VideoFrame]:
    for time in times:
        container.seek(int(time * av.time_base))
        yield next(container.decode(stream))
