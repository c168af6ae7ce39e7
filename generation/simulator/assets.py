"""The files that go into a task: out of data URIs, earlier uploads or addresses; whole, and fit for their place."""

from __future__ import annotations

import base64
import binascii
import io
import re
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
from PIL import Image, ImageOps

from generation.runway.catalog import Measure
from generation.runway.catalog.fields import Medium, Place
from generation.simulator.refusals import Refused, custom, wrong_body
from projects.disk import files
from projects.net import fetch

UPLOAD_LIFE = 24 * 3600
UPLOAD_BYTES = (512, 200 * 1024 * 1024)
FETCHED_BYTES = {"image": 16 * 1024 * 1024, "video": 32 * 1024 * 1024, "audio": 32 * 1024 * 1024}
FETCH_SECONDS = 5.0
FORMATS = ("JPEG", "PNG", "WEBP")
DATA_URI = re.compile(r"data:(image|video|audio)/(?P<type>[\w.-]+);base64,", re.IGNORECASE)
TYPES = {
    "image": ("jpeg", "jpg", "png", "webp"),
    "video": ("mp4", "quicktime", "x-matroska", "webm", "3gpp", "ogg"),
    "audio": ("mpeg", "mp3", "wav", "wave", "x-wav", "flac", "x-flac", "mp4", "x-m4a", "aac", "x-aac"),
}
UPLOAD_URI = re.compile(r"runway://(?P<id>[0-9a-f]{32})")


class Uploads:
    """Files that were sent in advance; their age is the age of the file."""

    def __init__(self, home: Path) -> None:
        self._home = home
        home.mkdir(parents=True, exist_ok=True)

    def new_id(self) -> str:
        return uuid.uuid4().hex

    def store(self, upload_id: str, file: BinaryIO) -> None:
        with files.Incoming(self._home, UPLOAD_BYTES[1]) as incoming:
            while chunk := file.read(1024 * 1024):
                incoming.write(chunk)
            if incoming.size < UPLOAD_BYTES[0]:
                raise Refused(400, f"Your proposed upload is smaller than the minimum of {UPLOAD_BYTES[0]} bytes.")
            incoming.replace(upload_id)

    def read(self, upload_id: str, now: float) -> bytes | None:
        """None when there is no such upload (any more)."""
        path = self._home / upload_id
        return path.read_bytes() if path.exists() and now - path.stat().st_mtime < UPLOAD_LIFE else None

    def tidy(self, now: float) -> None:
        files.clear_dead_temporaries(self._home)
        for path in self._home.iterdir():
            if now - path.stat().st_mtime >= UPLOAD_LIFE:
                path.unlink()


@dataclass(frozen=True)
class Input:
    """A file that was looked at. `still` is what it shows: the picture, or a video's first frame; None for sound."""

    medium: Medium
    measure: Measure
    still: bytes | None


def look(medium: Medium, uploads: Uploads) -> Input:
    """Takes up to `FETCH_SECONDS`; raises Refused."""
    data = _bytes_of(medium, uploads)
    if medium.rule.kind == "image":
        found = Input(medium, Measure(None, *_size(data, medium.place)), data)
    else:
        found = _recording(data, medium)
    measure = found.measure
    if misfit := medium.rule.misfit(measure.width, measure.height, measure.seconds):
        what = "aspect ratio" if misfit.startswith("width") else "dimensions or duration"
        raise wrong_body(custom(medium.place, f"Invalid asset {what}: {misfit}."))
    return found


def _size(data: bytes, place: Place) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            image.load()
            # the picture as a person sees it: a camera may have been held on its side
            return ImageOps.exif_transpose(image).size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise wrong_body(custom(place, "Invalid asset: it is not a whole JPEG, PNG or WebP picture.")) from error


def _recording(data: bytes, medium: Medium) -> Input:
    kind = medium.rule.kind
    try:
        with av.open(io.BytesIO(data), "r") as container:
            seconds = (container.duration or 0) / av.time_base
            if kind == "audio":
                next(container.decode(container.streams.audio[0]))
                return Input(medium, Measure(seconds), None)
            stream = container.streams.video[0]
            rate = stream.average_rate
            frame = next(container.decode(stream))
            measure = Measure(seconds, frame.width, frame.height, float(rate) if rate else None)
            return Input(medium, measure, _jpeg(frame))
    except (OSError, av.error.FFmpegError, StopIteration, IndexError, ValueError) as error:
        raise wrong_body(custom(medium.place, f"Invalid asset: it is no whole {kind} file.")) from error


def _jpeg(frame: av.VideoFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_image().save(buffer, "JPEG", quality=90)  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def _bytes_of(medium: Medium, uploads: Uploads) -> bytes:
    address, place = medium.value, medium.place
    if address.startswith("data:"):
        return _decoded(medium)
    if address.startswith("runway://"):
        match = UPLOAD_URI.fullmatch(address)
        data = uploads.read(match["id"], time.time()) if match else None
        if data is None:
            raise wrong_body(custom(place, "Failed to fetch asset. The upload does not exist or has expired."))
        return data
    try:
        return fetch.fetch(address, limit=FETCHED_BYTES[medium.rule.kind], seconds=FETCH_SECONDS)
    except (fetch.AddressRefused, fetch.AddressUnreachable, fetch.AddressTooLarge) as error:
        raise wrong_body(custom(place, f"Failed to fetch asset. {error}")) from error


def _decoded(medium: Medium) -> bytes:
    kind, place = medium.rule.kind, medium.place
    start = DATA_URI.match(medium.value[:100])
    if start is None or start["type"].lower() not in TYPES[kind]:
        types = ", ".join(TYPES[kind][:-1]) + f" or {TYPES[kind][-1]}"
        raise wrong_body(custom(place, f"Invalid data URI: it must be base64 of type {kind}/{types}."))
    try:
        return base64.b64decode(medium.value[start.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise wrong_body(custom(place, "Invalid data URI: the base64 cannot be read.")) from error
