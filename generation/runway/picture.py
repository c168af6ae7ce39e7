"""A picture from disk as a request to Runway can carry it: small enough, upright, and without its GPS position."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from generation.runway.request_body import FileAsDataUri

# characters of the whole URI, by Runway's OpenAPI file
MAX_DATA_URI_LENGTH = 5_242_880
MIME_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# no model makes more than 4K from a picture
LONGEST_SIDE = 4096
JPEG_QUALITIES = (92, 85, 75)
ORIENTATION, GPS = 0x0112, 0x8825


class UnusablePicture(Exception):
    """The file is missing, or is not a complete picture."""


@contextmanager
def fit_for_request(path: Path) -> Iterator[FileAsDataUri | None]:
    """Give a JPEG, PNG or WebP as a data URI: unchanged if possible, else re-encoded to a temporary JPEG.

    Gives None when even that is longer than `MAX_DATA_URI_LENGTH`, so that it must be uploaded. Raise UnusablePicture.
    """
    try:
        with Image.open(path, formats=list(MIME_TYPES)) as image:
            unchanged = FileAsDataUri(path, MIME_TYPES[str(image.format)], path.stat().st_size)
            if len(unchanged) <= MAX_DATA_URI_LENGTH and not _has_rotation_or_position(image):
                yield unchanged
                return
        with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
            yield _reencode(path, Path(folder) / "picture.jpg")
    except (UnidentifiedImageError, FileNotFoundError, Image.DecompressionBombError, SyntaxError) as error:
        raise UnusablePicture(f"The picture {path.name} cannot be read: {error}") from error


def _has_rotation_or_position(image: Image.Image) -> bool:
    """Return whether EXIF rotates the picture, which Runway may ignore, or says where it was taken."""
    exif = image.getexif()
    return exif.get(ORIENTATION, 1) != 1 or GPS in exif


def _reencode(path: Path, target: Path) -> FileAsDataUri | None:
    with Image.open(path, formats=list(MIME_TYPES)) as image:
        # decodes a JPEG at a fraction of its size when that is enough, which saves memory
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        opaque = _on_black(upright)
        for quality in JPEG_QUALITIES:
            opaque.save(target, "JPEG", quality=quality, exif=b"")
            data_uri = FileAsDataUri(target, "image/jpeg", target.stat().st_size)
            if len(data_uri) <= MAX_DATA_URI_LENGTH:
                return data_uri
    return None


def _on_black(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image.convert("RGBA"))
    return image.convert("RGB")
