"""Whether all rows of a JPEG are there. Decoders fill what is missing with gray, and say nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import av
from PIL import Image

from projects.disk.picture_parts.parts import PictureParts
from projects.disk.picture_parts.reading import opened_parts

# noise, in which the marks that a picture may have between its parts (RST0 to RST7) come again and again
_NOISE = b"".join(
    hashlib.shake_128(bytes([number])).digest(512).replace(b"\xff", b"") + bytes([0xFF, 0xD0 + number % 8])
    for number in range(128)
)


def draft_small(image: Image.Image) -> None:
    """Let a JPEG be decoded at an eighth of its size: it is still read to its end, in little memory."""
    image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))


def check_rows(path: Path, parts: PictureParts, decoded: Image.Image) -> None:
    """Raise EOFError when rows are missing. `decoded` is the picture after `draft_small()`.

    In a picture without an end marker the data may go on as notes of a phone, which would pass for rows.
    """
    if not parts.has_end:
        _decode_strictly(path, parts)
    if not parts.is_progressive and _needs_more_data(path, parts, decoded):
        raise EOFError("rows are missing")


def _decode_strictly(path: Path, parts: PictureParts) -> None:
    """Raise EOFError where ffmpeg finds data that is none of a picture, or too little of it."""
    decoder = av.CodecContext.create("mjpeg", "r")
    decoder.thread_count = 1
    # an eighth of the size: the same data is read, in little memory
    decoder.options = {"err_detect": "explode", "lowres": "3"}
    with opened_parts(path, parts) as file:
        packet: Any = av.Packet(file.read())
    try:
        decoder.decode(packet)
    except av.error.PatchWelcomeError:
        # subsampled CMYK
        return
    except av.error.InvalidDataError as error:
        raise EOFError("rows are missing, or they are damaged") from error


def _needs_more_data(path: Path, parts: PictureParts, decoded: Image.Image) -> bool:
    """Return whether the picture becomes another one when noise follows its data: then the data did not suffice."""
    with opened_parts(path, parts.with_padding(_NOISE)) as file, Image.open(file, formats=("JPEG",)) as padded:
        draft_small(padded)
        return padded.tobytes() != decoded.tobytes()
