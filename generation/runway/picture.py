"""A picture from disk as a request to Runway can carry it: small enough, upright, and nothing but the picture.

Where and with what it was taken, notes, other pictures and films in its file stay here.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from generation.runway.request_body import FileAsDataUri
from projects.disk.picture_parts.exif import orientation_of
from projects.disk.picture_parts.parts import PictureParts
from projects.disk.picture_parts.reading import opened_parts, picture_parts
from projects.disk.pictures import in_eight_bit_colors, open_picture
from projects.disk.sniff import JPEG, Format, sniff_file
from projects.problems import Problem, reason_of

# characters of the whole URI, by Runway's OpenAPI file
MAX_DATA_URI_LENGTH = 5_242_880
# no model makes more than 4K from a picture
LONGEST_SIDE = 4096
JPEG_QUALITIES = (92, 85, 75)
# what is raised for a file that is missing or damaged; Pillow's own errors are OSErrors without a number
_UNREADABLE = (FileNotFoundError, EOFError, SyntaxError, ValueError, IndexError, struct.error, Problem)
# modes whose color profile holds for RGB
_RGB_MODES = ("RGB", "RGBA", "P")


class UnusablePicture(Exception):
    """The file is missing, or is not a complete picture."""


@contextmanager
def fit_for_request(path: Path) -> Iterator[FileAsDataUri | None]:
    """Give a JPEG, PNG or WebP as a data URI: as it is if possible, else re-encoded to a temporary JPEG.

    Gives None when even that is longer than `MAX_DATA_URI_LENGTH`, so that it must be uploaded. Raise UnusablePicture.
    """
    with fit_for_upload(path) as file:
        if len(file) <= MAX_DATA_URI_LENGTH:
            yield file
            return
        with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
            yield _reencode_to_fit(path, Path(folder) / "picture.jpg", JPEG_QUALITIES)


@contextmanager
def fit_for_upload(path: Path) -> Iterator[FileAsDataUri]:
    """Give a picture of any size: the file itself if nothing else is in it, else a temporary copy of what shows it.

    A picture that EXIF rotates, which Runway may ignore, is re-encoded upright. Raise UnusablePicture.
    """
    with _naming_the_file(path):
        format, size = _format(path), path.stat().st_size
        parts = picture_parts(path, format)
    # in a JPEG without an end marker there may be something between the picture and the end of the file
    is_upright = orientation_of(parts.exif) == 1 and (format != JPEG or parts.has_end)
    if is_upright and parts.are_whole_file(size):
        yield FileAsDataUri(path, format.mime_type, size)
        return
    with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
        target = Path(folder) / f"picture{format.suffix if is_upright else JPEG.suffix}"
        yield _copy(path, format, parts, target) if is_upright else _reencode(path, target, JPEG_QUALITIES[0])


@contextmanager
def _naming_the_file(path: Path) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        raise UnusablePicture(f"The picture {path.name} cannot be read: {reason_of(error)}") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise UnusablePicture(f"The picture {path.name} cannot be read: {reason_of(error)}") from error


def _format(path: Path) -> Format:
    format = sniff_file(path)
    if format is None or format.kind != "image":
        raise ValueError("it is no JPEG, PNG or WebP")
    return format


def _copy(path: Path, format: Format, parts: PictureParts, target: Path) -> FileAsDataUri:
    with opened_parts(path, parts) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
    return FileAsDataUri(target, format.mime_type, target.stat().st_size)


def _reencode_to_fit(path: Path, target: Path, qualities: Sequence[int]) -> FileAsDataUri | None:
    """Return the JPEG of the best of these qualities that fits into a data URI, None when none does."""
    image, profile = _decode(path)
    files = (_save(image, profile, target, quality) for quality in qualities)
    return next((file for file in files if len(file) <= MAX_DATA_URI_LENGTH), None)


def _reencode(path: Path, target: Path, quality: int) -> FileAsDataUri:
    return _save(*_decode(path), target, quality)


def _save(image: Image.Image, profile: bytes | None, target: Path, quality: int) -> FileAsDataUri:
    image.save(target, "JPEG", quality=quality, exif=b"", icc_profile=profile)
    return FileAsDataUri(target, JPEG.mime_type, target.stat().st_size)


def _decode(path: Path) -> tuple[Image.Image, bytes | None]:
    """Return the picture upright, opaque and at most `LONGEST_SIDE` long, and the color profile that holds for it."""
    with _naming_the_file(path), open_picture(path, _format(path)) as picture:
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
