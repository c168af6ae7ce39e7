"""The picture that a task begins with: out of a data URI, an earlier upload or an address; whole, its shape checked."""

from __future__ import annotations

import base64
import binascii
import io
import re
import time
import uuid
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from generation.runway.catalog.fields import Medium, Place
from generation.runway.simulator.refusals import Refused, custom, wrong_body
from projects import fetch, folder

UPLOAD_LIFE = 24 * 3600
UPLOAD_BYTES = (512, 200 * 1024 * 1024)
FETCHED_BYTES = 16 * 1024 * 1024
FETCH_SECONDS = 5.0
FORMATS = ("JPEG", "PNG", "WEBP")
DATA_URI = re.compile(r"data:image/(jpeg|jpg|png|webp);base64,", re.IGNORECASE)
UPLOAD_URI = re.compile(r"runway://(?P<id>[0-9a-f]{32})")


class Uploads:
    """Files that were sent in advance; their age is the age of the file."""

    def __init__(self, home: Path) -> None:
        self._home = home
        home.mkdir(parents=True, exist_ok=True)

    def new_id(self) -> str:
        return uuid.uuid4().hex

    def store(self, upload_id: str, file: BinaryIO) -> None:
        with folder.Incoming(self._home, UPLOAD_BYTES[1]) as incoming:
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
        folder.clear_dead_temporaries(self._home)
        for path in self._home.iterdir():
            if now - path.stat().st_mtime >= UPLOAD_LIFE:
                path.unlink()


def picture_of(medium: Medium, uploads: Uploads) -> bytes:
    """Takes up to `FETCH_SECONDS`; raises Refused."""
    place = medium.place
    data = _bytes_of(medium.value, place, uploads)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            image.load()
            # the picture as a person sees it: a camera may have been held on its side
            width, height = ImageOps.exif_transpose(image).size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise wrong_body(custom(place, "Invalid asset: it is not a whole JPEG, PNG or WebP picture.")) from error
    if misfit := medium.rule.misfit(width, height, None):
        raise wrong_body(custom(place, f"Invalid asset aspect ratio: {misfit}."))
    return data


def size_of(picture: bytes) -> tuple[int, int]:
    """Of a picture that was looked at before, as a person sees it."""
    with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
        return ImageOps.exif_transpose(image).size


def _bytes_of(address: str, place: Place, uploads: Uploads) -> bytes:
    if address.startswith("data:"):
        return _decoded(address, place)
    if address.startswith("runway://"):
        match = UPLOAD_URI.fullmatch(address)
        data = uploads.read(match["id"], time.time()) if match else None
        if data is None:
            raise wrong_body(custom(place, "Failed to fetch asset. The upload does not exist or has expired."))
        return data
    try:
        return fetch.fetch(address, limit=FETCHED_BYTES, seconds=FETCH_SECONDS)
    except (fetch.AddressRefused, fetch.AddressUnreachable, fetch.AddressTooLarge) as error:
        raise wrong_body(custom(place, f"Failed to fetch asset. {error}")) from error


def _decoded(address: str, place: Place) -> bytes:
    start = DATA_URI.match(address)
    if start is None:
        raise wrong_body(custom(place, "Invalid data URI: it must be a base64 picture of type jpeg, png or webp."))
    try:
        return base64.b64decode(address[start.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise wrong_body(custom(place, "Invalid data URI: the base64 cannot be read.")) from error
