"""What a file really is, by its content: kind, type, size, length, hash. And its poster."""

from __future__ import annotations

import hashlib
import io
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream
from PIL import Image, ImageOps

from projects.disk.sniff import HEAD, M4A, Format, Kind, sniff
from projects.disk.truncation import check_boxes, check_segment
from projects.problems import Problem

logger = logging.getLogger("dailies.media")

TAKEN = (
    "Taken are pictures (JPEG, PNG, WebP), sound (MP3, WAV, FLAC, M4A, AAC, OGG) and video (MP4, MOV, WebM, MKV), "
    "judged by content."
)
MAX_PIXELS = 120_000_000
MAX_FRAME_PIXELS = 8192 * 8192
# Pillow only warns, and at a limit of its own; ours is checked from the header, before anything is decoded
Image.MAX_IMAGE_PIXELS = None
# A decoded PNG or WebP of the greatest size takes half a gigabyte: one such at a time
_BIG_PIXELS = 24_000_000
_one_big_picture = threading.Lock()
# Readers whose header tells the length exactly: less than that is a file that was cut
_EXACT_LENGTH = ("flac", "wav")
_LENGTH_TOLERANCE = 0.5
_ROTATED = (5, 6, 7, 8)
_ORIENTATION = 0x0112
Frame = av.VideoFrame | av.AudioFrame
Dimensions = tuple[int, int] | tuple[None, None]


@dataclass(frozen=True)
class Media:
    kind: Kind
    mime_type: str
    suffix: str
    bytes: int
    sha256: str
    width: int | None
    """Pixels as shown, rotation applied; None for sound."""
    height: int | None
    duration: float | None
    """Seconds; None for pictures."""


def wrong_kind(message: str) -> Problem:
    return Problem(f"{message} {TAKEN}", code="unsupported_media", status=415)


def damaged(message: str) -> Problem:
    return Problem(message, code="damaged_media", status=422)


def inspect(path: Path, sha256: str | None = None) -> Media:
    """Read the whole file and tell what it is.

    Problem 415 when it is none of our formats, 422 when it is empty, damaged or cut. `sha256` saves a second read
    where it is known.
    """
    size = path.stat().st_size
    if size == 0:
        raise damaged("The file is empty (0 bytes): choose another one.")
    with path.open("rb") as file:
        found = sniff(file.read(HEAD))
    if found is None:
        raise wrong_kind("This file is no picture, sound or video that can be used.")
    duration: float | None = None
    if found.kind == "image":
        width, height = _check_picture(path, found)
    else:
        found, (width, height), duration = _check_recording(path, found, size)
    sha256 = sha256 or sha256_of(path)
    return Media(found.kind, found.mime_type, found.suffix, size, sha256, width, height, duration)


def poster(path: Path, kind: str, width: int = 640) -> bytes:
    """A JPEG at most `width` wide: the picture, or the first frame. Problem 415 for sound, which shows nothing."""
    if kind == "audio":
        raise wrong_kind("A sound has no poster.")
    image = _picture_at(path, width) if kind == "image" else _first_frame_at(path, width)
    image.thumbnail((width, width * 4))
    if image.has_transparency_data:
        background = Image.new("RGBA", image.size, "#808080")
        image = Image.alpha_composite(background, image.convert("RGBA"))
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=82, optimize=True)
    return buffer.getvalue()


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fps(path: Path) -> float | None:
    """Frames a second of a video, as it says of itself; None where it does not, or is gone."""
    try:
        with av.open(str(path)) as container:
            rate = container.streams.video[0].average_rate
    except (OSError, av.error.FFmpegError, IndexError):
        return None
    return float(rate) if rate else None


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Decoders answer a damaged file with almost any exception; to a person they all say the same."""
    try:
        yield
    except Problem:
        raise
    except Exception as error:
        logger.info("a %s could not be read: %s: %s", what, type(error).__name__, error)
        raise damaged(
            f"The {what} is damaged or cut off, and cannot be read to its end: choose a whole file."
        ) from error


@contextmanager
def _opened(path: Path, reader: str) -> Iterator[Image.Image]:
    with reading("picture"), Image.open(path, formats=(reader,)) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            allowed = f"{MAX_PIXELS // 1_000_000} megapixels"
            raise damaged(f"The picture has {width} × {height} pixels, more than {allowed}: make it smaller.")
        # a phone's JPEG may carry a second picture (MPO), which is no animation
        if reader != "JPEG" and getattr(image, "is_animated", False):
            raise wrong_kind("Animated pictures are not taken: save one frame of it.")
        big = reader != "JPEG" and width * height > _BIG_PIXELS
        with _one_big_picture if big else nullcontext():
            yield image


def _check_picture(path: Path, found: Format) -> Dimensions:
    with _opened(path, found.reader) as image:
        width, height = image.size
        turned = image.getexif().get(_ORIENTATION) in _ROTATED
        # an eighth of a JPEG needs all of its bytes, but little memory
        image.draft("RGB", (width // 8, height // 8))
        image.load()
    return (height, width) if turned else (width, height)


def _picture_at(path: Path, width: int) -> Image.Image:
    with path.open("rb") as file:
        found = sniff(file.read(HEAD))
    if found is None or found.kind != "image":
        raise wrong_kind("This file is no picture.")
    with _opened(path, found.reader) as image:
        image.draft("RGB", (width, width))
        coloured = _with_colours(image)
        coloured.thumbnail((width * 2, width * 8))
        return ImageOps.exif_transpose(coloured)


def _with_colours(image: Image.Image) -> Image.Image:
    """Neither numbers of a palette nor 16 bits: those scale badly, and turn white as RGB."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA") if image.mode in ("P", "PA", "1") else image


def _first_frame_at(path: Path, width: int) -> Image.Image:
    with path.open("rb") as file:
        found = sniff(file.read(HEAD))
    if found is None or found.kind != "video":
        raise wrong_kind("This file is no video.")
    with reading("video"), av.open(str(path), format=found.reader) as container:
        frame = next(container.decode(container.streams.video[0]))
        # a little larger than asked: turned, its height becomes the width
        scale = min(1.0, 2 * width / frame.width)
        size = {"width": max(1, round(frame.width * scale)), "height": max(1, round(frame.height * scale))}
        image: Image.Image = frame.to_image(**size)  # type: ignore[no-untyped-call]
        return image.rotate(frame.rotation, expand=True)


def _check_recording(path: Path, found: Format, size: int) -> tuple[Format, Dimensions, float]:
    """The format with its kind corrected by the streams, width and height, seconds."""
    name = "video" if found.kind == "video" else "sound"
    with reading(name), av.open(str(path), format=found.reader) as container:
        pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
        actual = _by_streams(found, bool(pictures), bool(container.streams.audio))
        stream = pictures[0] if pictures else container.streams.audio[0]
        dimensions = _dimensions(_first_frame(container, stream))
        measured = _read_to_end(container)
        told = container.duration / av.time_base if container.duration else measured
        if found.reader == "mov":
            check_boxes(path, size)
        elif found.reader == "matroska":
            check_segment(path, size)
        elif found.reader in _EXACT_LENGTH and measured < told - _LENGTH_TOLERANCE:
            raise EOFError(f"{measured:.2f} of {told:.2f} seconds are there")
    guessed = found.reader in ("mp3", "aac", "ogg")
    return actual, dimensions, round(measured if guessed else told, 3)


def _by_streams(found: Format, has_pictures: bool, has_sound: bool) -> Format:
    if found.kind == "video" and not has_pictures:
        if has_sound and found.reader == "mov":
            return M4A
        raise wrong_kind("This file has no moving picture in it.")
    if found.kind == "audio" and has_pictures:
        raise wrong_kind("This file has a moving picture where sound is expected.")
    if found.kind == "audio" and not has_sound:
        raise damaged("There is no sound in this file: choose another one.")
    return found


def _dimensions(frame: Frame) -> Dimensions:
    if not isinstance(frame, av.VideoFrame):
        return None, None
    turned = round(frame.rotation) % 180 == 90
    return (frame.height, frame.width) if turned else (frame.width, frame.height)


def _first_frame(container: InputContainer, stream: VideoStream | AudioStream) -> Frame:
    stream.codec_context.thread_count = 1
    width, height = getattr(stream.codec_context, "width", 0), getattr(stream.codec_context, "height", 0)
    if width * height > MAX_FRAME_PIXELS:
        raise damaged(f"The video has {width} × {height} pixels, more than 8192 × 8192: make it smaller.")
    for frame in container.decode(stream):
        if isinstance(frame, Frame):
            return frame
    raise EOFError("not one frame")


def _read_to_end(container: InputContainer) -> float:
    """Every packet is there; returns where the last one ends, in seconds from the first."""
    end = Fraction(0)
    for packet in container.demux():
        if packet.is_corrupt:
            raise EOFError("a packet is cut")
        if packet.pts is not None and packet.time_base:
            end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
    return float(end) - (container.start_time or 0) / av.time_base
