"""A picture on disk made fit for a request to Runway: small enough, upright, and without where it was taken."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from generation.runway.request_body import FileAsDataUri

MAX_DATA_URI = 5_242_880  # characters of the whole string
SENT_AS_IT_IS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# no model makes more than 4K from a picture
LONGEST_SIDE = 4096
QUALITIES = (92, 85, 75)
ORIENTATION, GPS = 0x0112, 0x8825


class UnusablePicture(Exception):
    """The file is no whole picture (any more)."""


@contextmanager
def fit_for_request(path: Path) -> Iterator[FileAsDataUri | None]:
    """The picture as a data URI, as it is where it can be, else re-encoded; None where it must go as an upload."""
    try:
        with Image.open(path, formats=list(SENT_AS_IT_IS)) as image:
            as_it_is = FileAsDataUri(path, SENT_AS_IT_IS[str(image.format)], path.stat().st_size)
            if len(as_it_is) <= MAX_DATA_URI and not _tells_too_much(image):
                yield as_it_is
                return
        with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
            yield _reencode(path, Path(folder) / "picture.jpg")
    except (UnidentifiedImageError, FileNotFoundError, Image.DecompressionBombError, SyntaxError) as error:
        raise UnusablePicture(f"The picture {path.name} cannot be read: {error}") from error


def _tells_too_much(image: Image.Image) -> bool:
    """A rotation that Runway might not apply, or the place where the picture was taken."""
    exif = image.getexif()
    return exif.get(ORIENTATION, 1) != 1 or GPS in exif


def _reencode(path: Path, target: Path) -> FileAsDataUri | None:
    with Image.open(path, formats=list(SENT_AS_IT_IS)) as image:
        # a JPEG is decoded at a fraction of its size where that is enough: memory stays small
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        flat = _on_black(upright)
        for quality in QUALITIES:
            flat.save(target, "JPEG", quality=quality, exif=b"")
            found = FileAsDataUri(target, "image/jpeg", target.stat().st_size)
            if len(found) <= MAX_DATA_URI:
                return found
    return None


def _on_black(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image.convert("RGBA"))
    return image.convert("RGB")
