"""A picture from disk as a request to Runway can carry it: small enough, upright, and nothing but the picture."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generation.runway.request_body import FileAsDataUri
from projects.disk import decoding
from projects.disk.sniff import JPEG, sniff_file
from projects.problems import Problem
from projects.translation import gettext as _

# characters of the whole URI, by Runway's OpenAPI file
MAX_DATA_URI_LENGTH = 5_242_880
JPEG_QUALITIES = (92, 85, 75)


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
            target = Path(folder) / "picture.jpg"
            with _naming_the_file(path):
                fits = decoding.copy_small(path, target, JPEG_QUALITIES, _max_jpeg_bytes())
            yield _as_data_uri(target, JPEG.mime_type) if fits else None


@contextmanager
def fit_for_upload(path: Path) -> Iterator[FileAsDataUri]:
    """Give a picture of any size: the file itself if nothing else is in it, else a temporary copy of what shows it.

    A picture that EXIF rotates, which Runway may ignore, is re-encoded upright. Raise UnusablePicture.
    """
    with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
        target = Path(folder) / "picture"
        with _naming_the_file(path):
            mime_type = decoding.copy_clean(path, target, JPEG_QUALITIES[0])
            format = sniff_file(path)
        if mime_type:
            yield _as_data_uri(target, mime_type)
        else:
            yield _as_data_uri(path, format.mime_type if format else "")


def _max_jpeg_bytes() -> int:
    # base64 has four characters for three bytes
    return (MAX_DATA_URI_LENGTH - len(f"data:{JPEG.mime_type};base64,")) // 4 * 3


def _as_data_uri(path: Path, mime_type: str) -> FileAsDataUri:
    return FileAsDataUri(path, mime_type, path.stat().st_size)


@contextmanager
def _naming_the_file(path: Path) -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        raise UnusablePicture(
            _("The picture {name} cannot be read: {message}").format(name=path.name, message=problem.message)
        ) from problem
    except FileNotFoundError as error:
        raise UnusablePicture(
            _("The picture {name} cannot be read: {strerror}").format(name=path.name, strerror=error.strerror)
        ) from error
