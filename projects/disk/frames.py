"""The last frame of a clip, lossless, from which the next take can go on."""

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


def last_frame(path: Path) -> bytes:
    """Return a video's last frame as a PNG, as it is shown and in the colors that the clip's own tags state.

    Raise Problem 415 for another kind of file, 422 for a damaged one, FileNotFoundError where there is none.
    """
    with open_video(path) as (container, stream):
        image = shown_image(_decode_last(container, stream), pixel_shape(stream))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


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
