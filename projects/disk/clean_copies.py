"""Copies of pictures as they may leave this machine: upright, small enough, and nothing but the picture.

Where and with what it was taken, notes, other pictures and films in its file stay here.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from projects.disk.media_errors import damaged_media
from projects.disk.picture_parts.exif import orientation_of
from projects.disk.picture_parts.reading import opened_parts, picture_parts
from projects.disk.pictures import in_eight_bit_colors, open_picture
from projects.disk.sniff import JPEG, Format, sniff_file
from projects.problems import reason_of

# no model makes more than 4K from a picture
LONGEST_SIDE = 4096
# what is raised for a damaged file; Pillow's own errors are OSErrors without a number
_UNREADABLE = (EOFError, SyntaxError, ValueError, IndexError, struct.error)
# modes whose color profile holds for RGB
_RGB_MODES = ("RGB", "RGBA", "P")


def copy_clean(path: Path, target: Path, quality: int) -> str | None:
    """Write to `target` what shows a picture, and return its type; None when the file itself is nothing else.

    A picture that EXIF rotates is re-encoded upright, as a JPEG. Raise Problem for a damaged one.
    """
    with _unreadable_as_problem():
        format, size = _format(path), path.stat().st_size
        parts = picture_parts(path, format)
        # in a JPEG without an end marker there may be something between the picture and the end of the file
        is_upright = orientation_of(parts.exif) == 1 and (format != JPEG or parts.has_end)
        if is_upright and parts.are_whole_file(size):
            return None
        if not is_upright:
            _save(*_decode(path), target, quality)
            return JPEG.mime_type
        with opened_parts(path, parts) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
        return format.mime_type


def copy_small(path: Path, target: Path, qualities: Sequence[int], max_bytes: int) -> bool:
    """Write a JPEG of the best of these qualities that has at most `max_bytes`; return whether there is one."""
    with _unreadable_as_problem():
        image, profile = _decode(path)
        for quality in qualities:
            _save(image, profile, target, quality)
            if target.stat().st_size <= max_bytes:
                return True
        return False


@contextmanager
def _unreadable_as_problem() -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        raise damaged_media(reason_of(error)) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise damaged_media(reason_of(error)) from error


def _format(path: Path) -> Format:
    format = sniff_file(path)
    if format is None or format.kind != "image":
        raise ValueError("it is no JPEG, PNG or WebP")
    return format


def _save(image: Image.Image, profile: bytes | None, target: Path, quality: int) -> None:
    image.save(target, "JPEG", quality=quality, exif=b"", icc_profile=profile)


def _decode(path: Path) -> tuple[Image.Image, bytes | None]:
    """Return the picture upright, opaque and at most `LONGEST_SIDE` long, and the color profile that holds for it."""
    with open_picture(path, _format(path)) as picture:
        image = picture.image
        profile = image.info.get("icc_profile") if image.mode in _RGB_MODES else None
        # decodes a JPEG at a fraction of its size when that is enough, which saves memory
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        small = in_eight_bit_colors(image)
        small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        return _on_black(picture.upright(small)), profile


def _on_black(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image.convert("RGBA"))
    return image.convert("RGB")
