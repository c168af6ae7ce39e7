"""One frame of a clip, lossless: the last one, from which the next take can go on, or any other."""

from __future__ import annotations

import io
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from projects.disk.recordings import open_video
from projects.disk.shown_frames import pixel_shape, shown_image

# where decoding begins: longer than the distance between two key frames of any model's clips
_SECONDS_BEFORE_END = 2.0
# times of a browser are floats: a hair before a frame means that frame
_TOLERANCE_SECONDS = 0.001


def frame_at(path: Path, seconds: float | None = None) -> bytes:
    """Return the frame of a video that is shown at a time as a PNG, in the colors that the clip's own tags state.

    Without `seconds`, or behind the end, it is the last frame. Raise Problem 415 for another kind of file, 422 for a
    damaged one, FileNotFoundError where there is none.
    """
    with open_video(path) as (container, stream):
        frame = None if seconds is None else _decode_at(container, stream, seconds)
        image = shown_image(frame or _decode_last(container, stream), pixel_shape(stream))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _decode_at(container: InputContainer, stream: VideoStream, seconds: float) -> av.VideoFrame | None:
    """Decode from the key frame before a time to the frame that is still shown at it; None behind the last one."""
    first = (container.start_time or 0) / av.time_base
    container.seek(int((first + seconds) * av.time_base))
    shown = None
    for frame in container.decode(stream):
        # a player shows a frame from its own time until that of the next
        if shown is not None and (frame.time or 0) - first > seconds + _TOLERANCE_SECONDS:
            return shown
        shown = frame
    return None


def _decode_last(container: InputContainer, stream: VideoStream) -> av.VideoFrame:
    """Decode from shortly before the end, or from the beginning where the file cannot be searched."""
    end = (container.duration or 0) / av.time_base + (container.start_time or 0) / av.time_base
    for start in (max(0.0, end - _SECONDS_BEFORE_END), 0.0):
        container.seek(int(start * av.time_base))
        last = None
        for frame in container.decode(stream):
            last = frame
        if last is not None:
            return last
    raise EOFError("not one frame")
