"""How a file that cannot be used is refused: not one of our formats (415), or damaged (422)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from projects.problems import Problem
from projects.translation import gettext as _
from projects.translation import gettext_noop

logger = logging.getLogger("dailies.media")

ACCEPTED = gettext_noop(
    "Accepted are pictures (JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP, GIF), sound (MP3, WAV, FLAC, "
    "M4A, AAC, OGG) and video (MP4, MOV, WebM, MKV), whatever the file is called."
)


def unsupported_media(message: str) -> Problem:
    """Return Problem 415: `message`, and the formats that are accepted."""
    return Problem(f"{message} {_(ACCEPTED)}", code="unsupported_media", status=415)


def damaged_media(message: str) -> Problem:
    """Return Problem 422 for a file of the right kind that cannot be used."""
    return Problem(message, code="damaged_media", status=422)


def too_demanding(what: str) -> Problem:
    """Return Problem 422 for a file whose decoding needs too much `what`: memory or time."""
    return damaged_media(
        _("The file needs too much {what} to be read. Make it smaller, or save it in another format.").format(what=what)
    )


def crashing_media() -> Problem:
    """Return Problem 422 for a file over which its decoder has crashed."""
    return damaged_media(_("The file is damaged: its decoder crashes. Choose another one."))


@contextmanager
def decoding(what: str) -> Iterator[None]:
    """Turn whatever a decoder raises inside into Problem 422. `what`: picture, sound or video.

    Decoders raise almost any exception for a damaged file. The details go to the log.
    """
    try:
        yield
    except (Problem, MemoryError):
        raise
    except Exception as error:
        logger.info("a %s could not be read: %s: %s", what, type(error).__name__, error)
        message = _("The {what} is damaged or cut off and cannot be read to its end. Choose a whole file.").format(
            what=what
        )
        raise damaged_media(message) from error
