"""Pictures, by Pillow: whether one is whole, how large it is, and a small copy of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from PIL import Image, ImageOps

from projects.disk.media_errors import damaged_media, decoding, unsupported_media
from projects.disk.sniff import Format, sniff_file

MAX_PIXELS = 120_000_000
# Pillow has a limit of its own and only warns; ours is checked from the header, before anything is decoded
Image.MAX_IMAGE_PIXELS = None
# decoded, the largest PNG or WebP takes half a gigabyte of memory: one such at a time
_BIG_PIXELS = 24_000_000
_one_big_picture = threading.Lock()
_ORIENTATION = 0x0112
# values of that EXIF tag that turn a picture by 90 degrees
_TURNED = (5, 6, 7, 8)


def picture_size(path: Path, format: Format) -> tuple[int, int]:
    """Decode a whole picture and return width and height in pixels as it is shown, the EXIF rotation applied.

    Raise Problem 415 for an animated picture, 422 for one that is damaged, cut off or too large.
    """
    with _opened(path, format.reader) as image:
        width, height = image.size
        turned = image.getexif().get(_ORIENTATION) in _TURNED
        # at an eighth of its size a JPEG is still read to its end, in little memory
        image.draft("RGB", (width // 8, height // 8))
        image.load()
    return (height, width) if turned else (width, height)


def small_picture(path: Path, width: int) -> Image.Image:
    """Return an upright copy of a picture, at most twice `width` wide. Raise Problem 415 for another file."""
    format = sniff_file(path)
    if format is None or format.kind != "image":
        raise unsupported_media("This file is not a picture.")
    with _opened(path, format.reader) as image:
        image.draft("RGB", (width, width))
        converted = _in_eight_bit_colors(image)
        converted.thumbnail((width * 2, width * 8))
        return ImageOps.exif_transpose(converted)


@contextmanager
def _opened(path: Path, reader: str) -> Iterator[Image.Image]:
    with decoding("picture"), Image.open(path, formats=(reader,)) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            allowed = f"{MAX_PIXELS // 1_000_000} megapixels"
            raise damaged_media(f"The picture has {width} × {height} pixels, more than {allowed}. Make it smaller.")
        # a phone's JPEG may carry a second picture (MPO), which is not an animation
        if reader != "JPEG" and getattr(image, "is_animated", False):
            raise unsupported_media("Animated pictures are not accepted. Save one frame of it.")
        big = reader != "JPEG" and width * height > _BIG_PIXELS
        with _one_big_picture if big else nullcontext():
            yield image


def _in_eight_bit_colors(image: Image.Image) -> Image.Image:
    """Convert a palette or 16 bits per channel, which would scale badly and turn white as RGB."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA") if image.mode in ("P", "PA", "1") else image
