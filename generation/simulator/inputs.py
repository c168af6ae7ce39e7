"""The input files of a task: fetched from data URIs, uploads or addresses, decoded, and checked against their bounds.

Forms and limits: https://docs.dev.runwayml.com/assets/inputs.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import time
from dataclasses import dataclass

import av
from PIL import Image, ImageOps

from generation.runway.catalog import MediaInfo
from generation.runway.catalog.media import MediaReference
from generation.simulator.api_errors import ApiError, custom, invalid_body
from generation.simulator.upload_store import UploadStore
from projects.net.errors import AddressRefused, AddressTooLarge, AddressUnreachable
from projects.net.fetch import fetch_bytes

MAX_FETCHED_BYTES = {"image": 16 * 1024 * 1024, "video": 32 * 1024 * 1024, "audio": 32 * 1024 * 1024}
FETCH_SECONDS = 5.0
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
DATA_URI = re.compile(r"data:(image|video|audio)/(?P<type>[\w.-]+);base64,", re.IGNORECASE)
MIME_SUBTYPES = {
    "image": ("jpeg", "jpg", "png", "webp"),
    "video": ("mp4", "quicktime", "x-matroska", "webm", "3gpp", "ogg"),
    "audio": ("mpeg", "mp3", "wav", "wave", "x-wav", "flac", "x-flac", "mp4", "x-m4a", "aac", "x-aac"),
}
UPLOAD_URI = re.compile(r"runway://(?P<id>[0-9a-f]{32})")


@dataclass(frozen=True)
class Input:
    """A checked input file.

    `still` is the bytes of a picture, or of a video's first frame as JPEG; None for a sound.
    """

    reference: MediaReference
    info: MediaInfo
    still: bytes | None


def load_input(reference: MediaReference, uploads: UploadStore) -> Input:
    """Fetch, decode and check one file; a fetch takes up to `FETCH_SECONDS`.

    Raise ApiError with an issue at the file's place when it cannot be had, decoded or used.
    """
    data = _read(reference, uploads)
    loaded = _load_picture(data, reference) if reference.field.kind == "image" else _load_recording(data, reference)
    info = loaded.info
    if misfit := reference.field.misfit(info.width, info.height, info.seconds):
        fits_aspect = not (info.width and info.height) or reference.field.has_allowed_aspect(info.width, info.height)
        what = "dimensions or duration" if fits_aspect else "aspect ratio"
        raise _asset_error(reference, f"Invalid asset {what}: {misfit}.")
    return loaded


def _asset_error(reference: MediaReference, message: str) -> ApiError:
    return invalid_body(custom(reference.path, message))


def _load_picture(data: bytes, reference: MediaReference) -> Input:
    try:
        with Image.open(io.BytesIO(data), formats=PICTURE_FORMATS) as image:
            image.load()
            # width and height are those of the upright picture
            width, height = ImageOps.exif_transpose(image).size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _asset_error(reference, "Invalid asset: it is not a complete JPEG, PNG or WebP picture.") from error
    return Input(reference, MediaInfo(None, width, height), data)


def _load_recording(data: bytes, reference: MediaReference) -> Input:
    kind = reference.field.kind
    try:
        with av.open(io.BytesIO(data), "r") as container:
            seconds = (container.duration or 0) / av.time_base
            if kind == "audio":
                next(container.decode(container.streams.audio[0]))
                return Input(reference, MediaInfo(seconds), None)
            stream = container.streams.video[0]
            rate = stream.average_rate
            frame = next(container.decode(stream))
            info = MediaInfo(seconds, frame.width, frame.height, float(rate) if rate else None)
            return Input(reference, info, _jpeg(frame))
    except (OSError, av.error.FFmpegError, StopIteration, IndexError, ValueError) as error:
        raise _asset_error(reference, f"Invalid asset: it is not a complete {kind} file.") from error


def _jpeg(frame: av.VideoFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_image().save(buffer, "JPEG", quality=90)  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def _read(reference: MediaReference, uploads: UploadStore) -> bytes:
    address = reference.value
    if address.startswith("data:"):
        return _decode(reference)
    if address.startswith("runway://"):
        match = UPLOAD_URI.fullmatch(address)
        data = uploads.read(match["id"], time.time()) if match else None
        if data is None:
            raise _asset_error(reference, "Failed to fetch asset. The upload does not exist or has expired.")
        return data
    try:
        return fetch_bytes(address, limit=MAX_FETCHED_BYTES[reference.field.kind], seconds=FETCH_SECONDS)
    except (AddressRefused, AddressUnreachable, AddressTooLarge) as error:
        raise _asset_error(reference, f"Failed to fetch asset. {error}") from error


def _decode(reference: MediaReference) -> bytes:
    kind = reference.field.kind
    # a slice, since the whole URI may have millions of characters
    start = DATA_URI.match(reference.value[:100])
    if start is None or start["type"].lower() not in MIME_SUBTYPES[kind]:
        types = ", ".join(MIME_SUBTYPES[kind][:-1]) + f" or {MIME_SUBTYPES[kind][-1]}"
        raise _asset_error(reference, f"Invalid data URI: it must be base64 of type {kind}/{types}.")
    try:
        return base64.b64decode(reference.value[start.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise _asset_error(reference, "Invalid data URI: the base64 cannot be decoded.") from error
