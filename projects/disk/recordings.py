"""Sound and video, by PyAV: whether a file is whole, what is in it, and how long it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream
from PIL import Image

from projects.disk.media_errors import damaged_media, decoding, unsupported_media
from projects.disk.sniff import M4A, Format, sniff_file
from projects.disk.truncation import check_boxes, check_segment

MAX_FRAME_PIXELS = 8192 * 8192
# readers whose header states the exact length: a shorter file was cut off
_EXACT_LENGTH = ("flac", "wav")
# readers that only guess the length from the bit rate
_GUESSED_LENGTH = ("mp3", "aac", "ogg")
_TOLERANCE_SECONDS = 0.5
Frame = av.VideoFrame | av.AudioFrame


@dataclass(frozen=True)
class Recording:
    """What is in a sound or video file."""

    format: Format
    width: int | None
    """Pixels as shown, rotation applied; None for sound."""
    height: int | None
    seconds: float


def inspect_recording(path: Path, format: Format, size: int) -> Recording:
    """Read a file of `size` bytes to its end. The format's kind is corrected by the streams that are in it.

    Raise Problem 415 where the streams do not fit the format, 422 where the file is damaged or cut off.
    """
    with (
        decoding("video" if format.kind == "video" else "sound"),
        av.open(str(path), format=format.reader) as container,
    ):
        # the cover of a song is a video stream too
        pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
        actual = _by_streams(format, bool(pictures), bool(container.streams.audio))
        stream = pictures[0] if pictures else container.streams.audio[0]
        width, height = _shown_size(_first_frame(container, stream))
        measured = _read_to_end(container)
        stated = container.duration / av.time_base if container.duration else measured
        _check_length(path, format, size, measured, stated)
    seconds = measured if format.reader in _GUESSED_LENGTH else stated
    return Recording(actual, width, height, round(seconds, 3))


def frame_rate(path: Path) -> float | None:
    """Return a video's frames per second as the file states them; None where it does not, or cannot be read."""
    try:
        with av.open(str(path)) as container:
            rate = container.streams.video[0].average_rate
    except (OSError, av.error.FFmpegError, IndexError):
        return None
    return float(rate) if rate else None


def small_first_frame(path: Path, width: int) -> Image.Image:
    """Return a video's first frame, upright and at most twice `width` wide. Raise Problem 415 for another kind of file.

    Twice, because a frame that is turned has its height for its width.
    """
    format = sniff_file(path)
    if format is None or format.kind != "video":
        raise unsupported_media("This file is not a video.")
    with decoding("video"), av.open(str(path), format=format.reader) as container:
        frame = next(container.decode(container.streams.video[0]))
        scale = min(1.0, 2 * width / frame.width)
        size = {"width": max(1, round(frame.width * scale)), "height": max(1, round(frame.height * scale))}
        image: Image.Image = frame.to_image(**size)  # type: ignore[no-untyped-call]
        return image.rotate(frame.rotation, expand=True)


def _by_streams(format: Format, has_pictures: bool, has_sound: bool) -> Format:
    if format.kind == "video" and not has_pictures:
        if has_sound and format.reader == "mov":
            return M4A
        raise unsupported_media("This video file has no video in it.")
    if format.kind == "audio" and has_pictures:
        raise unsupported_media("This sound file has video in it.")
    if format.kind == "audio" and not has_sound:
        raise damaged_media("There is no sound in this file. Choose another one.")
    return format


def _shown_size(frame: Frame) -> tuple[int, int] | tuple[None, None]:
    if not isinstance(frame, av.VideoFrame):
        return None, None
    turned = round(frame.rotation) % 180 == 90
    return (frame.height, frame.width) if turned else (frame.width, frame.height)


def _first_frame(container: InputContainer, stream: VideoStream | AudioStream) -> Frame:
    stream.codec_context.thread_count = 1
    width, height = getattr(stream.codec_context, "width", 0), getattr(stream.codec_context, "height", 0)
    if width * height > MAX_FRAME_PIXELS:
        raise damaged_media(f"The video has {width} × {height} pixels, more than 8192 × 8192. Make it smaller.")
    for frame in container.decode(stream):
        if isinstance(frame, Frame):
            return frame
    raise EOFError("not one frame")


def _read_to_end(container: InputContainer) -> float:
    """Read every packet, and return where the last one ends, in seconds from the first."""
    end = Fraction(0)
    for packet in container.demux():
        if packet.is_corrupt:
            raise EOFError("a packet is cut off")
        if packet.pts is not None and packet.time_base:
            end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
    return float(end) - (container.start_time or 0) / av.time_base


def _check_length(path: Path, format: Format, size: int, measured: float, stated: float) -> None:
    """Raise EOFError where the file ends before its header says."""
    if format.reader == "mov":
        check_boxes(path, size)
    elif format.reader == "matroska":
        check_segment(path, size)
    elif format.reader in _EXACT_LENGTH and measured < stated - _TOLERANCE_SECONDS:
        raise EOFError(f"{measured:.2f} of {stated:.2f} seconds are there")
