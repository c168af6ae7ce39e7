"""Sound and video, by PyAV: whether a file is whole, what is in it, and how long it is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image

from projects.disk.media_errors import damaged_media, decoding, unsupported_media
from projects.disk.shown_frames import MAX_FRAME_PIXELS, picture_streams, pixel_shape, shown_image, shown_size
from projects.disk.sniff import M4A, Format, sniff_file
from projects.disk.truncation import check_boxes, check_samples, check_segment, check_wave
from projects.translation import gettext as _
from projects.translation import gettext_noop

# readers that only guess the length from the bit rate, or have it from a header that may be wrong
_GUESSED_LENGTH = ("mp3", "aac", "ogg", "wav")
_TOLERANCE_SECONDS = 0.5
# a decoder gives its first frame after some packets, and a sound may begin with some that are none
_MAX_PACKETS_BEFORE_FIRST = 1000
_UNKNOWN_CODEC = gettext_noop("This file's codec is not supported. Convert it, for example to H.264 or AAC.")
Frame = av.VideoFrame | av.AudioFrame
Stream = TypeVar("Stream", VideoStream, AudioStream)


@dataclass(frozen=True)
class Recording:
    """What is in a sound or video file."""

    format: Format
    width: int | None
    """Pixels as shown, rotation applied; None for sound."""
    height: int | None
    seconds: float
    has_sound: bool


@contextmanager
def open_video(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a video with the first stream that can be decoded, in one thread.

    Raise Problem 415 for another kind of file, 422 for a damaged one, also while it is read, and FileNotFoundError
    where there is none.
    """
    format = sniff_file(path)
    if format is None or format.kind != "video":
        raise unsupported_media(_("This file is not a video."))
    with decoding("video"), av.open(str(path), format=format.reader) as container:
        stream = decodable(picture_streams(container))
        stream.codec_context.thread_count = 1
        yield container, stream


def inspect_recording(path: Path, format: Format, size: int) -> Recording:
    """Read a file of `size` bytes to its end. The format's kind is corrected by the streams that are in it.

    Raise Problem 415 where the streams do not fit the format or cannot be decoded, 422 where the file is damaged or
    cut off.
    """
    with (
        decoding("video" if format.kind == "video" else "sound"),
        _naming_codecs(),
        av.open(str(path), format=format.reader) as container,
    ):
        pictures, has_sound = picture_streams(container), bool(container.streams.audio)
        actual = _by_streams(format, bool(pictures), has_sound)
        stream = decodable(pictures) if pictures else decodable(container.streams.audio)
        width, height = _shown_size(stream, _first_frame(container, stream))
        reading = _read_to_end(container)
        stated = container.duration / av.time_base if container.duration else reading.seconds
        _check_length(path, format, size, container, reading, stated)
    seconds = reading.seconds if format.reader in _GUESSED_LENGTH else stated
    return Recording(actual, width, height, round(seconds, 3), has_sound)


def decodable(streams: Sequence[Stream]) -> Stream:
    """Return the first stream whose codec is known. Raise Problem 415 when there is none."""
    # ffmpeg's libraries give a stream of an unknown codec no context, which the type does not say
    known = [stream for stream in streams if stream.codec_context is not None]
    if not known:
        raise unsupported_media(_UNKNOWN_CODEC)
    return known[0]


def frame_rate(path: Path) -> float | None:
    """Return a video's frames per second as the file states them; None where it does not, or cannot be read."""
    try:
        format = sniff_file(path)
        if format is None or format.kind != "video":
            return None
        with av.open(str(path), format=format.reader) as container:
            rate = picture_streams(container)[0].average_rate
    except (OSError, av.error.FFmpegError, IndexError):
        return None
    return float(rate) if rate else None


def small_first_frame(path: Path, width: int) -> Image.Image:
    """Return a video's first frame as shown, at most twice `width` wide. Raise Problem 415 for another kind of file.

    Twice, because a frame that is turned has its height for its width.
    """
    with open_video(path) as (container, stream):
        return shown_image(next(container.decode(stream)), pixel_shape(stream), 2 * width)


@contextmanager
def _naming_codecs() -> Iterator[None]:
    """Turn what decoders raise for a codec, or a form of it, that they do not know into Problem 415."""
    try:
        yield
    except (av.error.DecoderNotFoundError, av.error.PatchWelcomeError) as error:
        raise unsupported_media(_UNKNOWN_CODEC) from error


def _by_streams(format: Format, has_pictures: bool, has_sound: bool) -> Format:
    if format.kind == "video" and not has_pictures:
        if has_sound and format.reader == "mov":
            return M4A
        raise unsupported_media(_("This video file has no video in it."))
    if format.kind == "audio" and has_pictures:
        raise unsupported_media(_("This sound file has video in it."))
    if format.kind == "audio" and not has_sound:
        raise damaged_media(_("There is no sound in this file. Choose another one."))
    return format


def _shown_size(stream: VideoStream | AudioStream, frame: Frame) -> tuple[int, int] | tuple[None, None]:
    if isinstance(frame, av.VideoFrame) and isinstance(stream, VideoStream):
        return shown_size(frame, pixel_shape(stream))
    return None, None


def _first_frame(container: InputContainer, stream: VideoStream | AudioStream) -> Frame:
    stream.codec_context.thread_count = 1
    width, height = getattr(stream.codec_context, "width", 0), getattr(stream.codec_context, "height", 0)
    if width * height > MAX_FRAME_PIXELS:
        raise damaged_media(
            _("The video has {width} × {height} pixels, more than 8192 × 8192. Make it smaller.").format(
                width=width, height=height
            )
        )
    for packet in itertools.islice(container.demux(stream), _MAX_PACKETS_BEFORE_FIRST):
        try:
            frames: Sequence[object] = packet.decode()
        except av.error.InvalidDataError:
            # players wait until what they hear makes sense: zeros, or the rest of a frame, may come first
            if isinstance(stream, VideoStream):
                raise
            continue
        for frame in frames:
            if isinstance(frame, Frame):
                return frame
    raise EOFError("not one frame")


@dataclass(frozen=True)
class _Reading:
    """What reading every packet showed; `seconds` is where the last one ends, from the first."""

    seconds: float
    has_cut_packet: bool


def _read_to_end(container: InputContainer) -> _Reading:
    end, has_cut_packet = Fraction(0), False
    for packet in _packets(container):
        has_cut_packet = has_cut_packet or packet.is_corrupt
        if packet.pts is not None and packet.time_base:
            end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
    return _Reading(float(end) - (container.start_time or 0) / av.time_base, has_cut_packet)


def _packets(container: InputContainer) -> Iterator[av.Packet[Any]]:
    count = 0
    try:
        for packet in container.demux():
            yield packet
            count += 1
    except av.error.InvalidDataError:
        # AAC has no end: ffmpeg complains about a few bytes behind the last frame, and skips more of them in silence
        if container.format.name != "aac" or not count:
            raise


def _check_length(
    path: Path, format: Format, size: int, container: InputContainer, reading: _Reading, stated: float
) -> None:
    """Raise EOFError where samples are missing: the one place that decides it for sound and video."""
    if format.reader == "wav":
        # sound without a known end is read in blocks, of which the last is never full
        check_wave(path, size)
        return
    if reading.has_cut_packet:
        raise EOFError("a packet is cut off")
    if format.reader == "mov":
        check_boxes(path, size)
        check_samples(container, size)
    elif format.reader == "matroska":
        check_segment(path, size)
    elif format.reader == "flac" and reading.seconds < stated - _TOLERANCE_SECONDS:
        raise EOFError(f"{reading.seconds:.2f} of {stated:.2f} seconds are there")
