"""Pictures, by Pillow: whether one is whole, how large it is, and a small copy of it.

Pillow sees only the parts of a file that show its picture (`projects/disk/picture_parts/`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from projects.disk.jpeg_rows import check_rows, draft_small
from projects.disk.media_errors import damaged_media, decoding, unsupported_media
from projects.disk.picture_parts.exif import orientation_of
from projects.disk.picture_parts.parts import PictureParts
from projects.disk.picture_parts.reading import opened_parts, picture_parts
from projects.disk.sniff import Format, sniff_file
from projects.translation import gettext as _

MAX_PIXELS = 120_000_000
# some decoders hold the whole file in memory
MAX_DATA_BYTES = 256 * 2**20
# Pillow has a limit of its own and only warns; ours is checked from the header, before anything is decoded
Image.MAX_IMAGE_PIXELS = None
# decoded, the largest PNG or WebP takes half a gigabyte of memory: one such at a time
_BIG_PIXELS = 24_000_000
_one_big_picture = threading.Lock()
_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation."""
# those that turn it by 90 degrees
_TURNED = (5, 6, 7, 8)


@dataclass(frozen=True)
class OpenedPicture:
    """A picture that is open, not yet decoded; `orientation` is that of its EXIF data, 1 for upright."""

    image: Image.Image
    orientation: int
    parts: PictureParts

    def upright(self, image: Image.Image) -> Image.Image:
        """Return a copy of this picture turned as its EXIF data says."""
        transposition = _TRANSPOSITIONS.get(self.orientation)
        return image.copy() if transposition is None else image.transpose(transposition)


def picture_size(path: Path, format: Format) -> tuple[int, int]:
    """Decode a whole picture and return width and height in pixels as it is shown, the EXIF rotation applied.

    Raise Problem 415 for an animated picture, 422 for one that is damaged, cut off or too large.
    """
    with decoding("picture"), open_picture(path, format) as picture:
        width, height = picture.image.size
        draft_small(picture.image)
        picture.image.load()
        if format.reader == "JPEG":
            check_rows(path, picture.parts, picture.image)
    return (height, width) if picture.orientation in _TURNED else (width, height)


def small_picture(path: Path, width: int) -> Image.Image:
    """Return an upright copy of a picture, at most twice `width` wide. Raise Problem 415 for another file."""
    format = sniff_file(path)
    if format is None or format.kind != "image":
        raise unsupported_media(_("This file is not a picture."))
    with decoding("picture"), open_picture(path, format) as picture:
        picture.image.draft("RGB", (width, width))
        converted = in_eight_bit_colors(picture.image)
        converted.thumbnail((width * 2, width * 8))
        return picture.upright(converted)


@contextmanager
def open_picture(path: Path, format: Format) -> Iterator[OpenedPicture]:
    """Open what shows a picture. Raise Problem 415 for an animated one, 422 for one that is too large.

    A damaged one raises almost any exception, here or when it is decoded.
    """
    parts = picture_parts(path, format)
    if parts.is_animated:
        raise unsupported_media(_("Animated pictures are not accepted. Save one frame of it."))
    if len(parts) > MAX_DATA_BYTES:
        raise damaged_media(
            _("The picture is larger than {megabytes} MB. Make it smaller.").format(megabytes=MAX_DATA_BYTES // 2**20)
        )
    with opened_parts(path, parts) as file, Image.open(file, formats=(format.reader,)) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            allowed = _("{megapixels} megapixels").format(megapixels=MAX_PIXELS // 1000000)
            raise damaged_media(
                _("The picture has {width} × {height} pixels, more than {allowed}. Make it smaller.").format(
                    width=width, height=height, allowed=allowed
                )
            )
        # a JPEG is decoded at a fraction of its size, unless its scans must be put together first
        big = (format.reader != "JPEG" or parts.is_progressive) and width * height > _BIG_PIXELS
        with _one_big_picture if big else nullcontext():
            yield OpenedPicture(image, orientation_of(parts.exif), parts)


def in_eight_bit_colors(image: Image.Image) -> Image.Image:
    """Return a picture without palette or 16 bits per channel, which would scale badly and turn white as RGB."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA") if image.mode in ("P", "PA", "1") else image
