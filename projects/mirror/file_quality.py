"""Whether a file that somebody put into a scene's folder is a whole one of our formats."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from projects.disk import decoding
from projects.disk.layout import FOLDER_BY_KIND
from projects.disk.media import Media
from projects.disk.media_errors import unsupported_media
from projects.problems import Problem


@dataclass(frozen=True)
class Refusal:
    """Why a file gets no row."""

    message: str
    is_damaged: bool
    """Whether it may be whole in a moment: somebody may be copying it."""


def is_printable(name: str) -> bool:
    """Return whether a name has no control character and is valid UTF-8: no row or header can hold others."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in name)


def inspect(path: Path, kind: str) -> Media:
    """Return what a file is. Raise Problem where a folder for files of this `kind` cannot have it."""
    if not is_printable(path.name):
        raise unsupported_media(_("Its name has unprintable characters: rename it."))
    media = decoding.inspect(path)
    if media.kind != kind:
        raise unsupported_media(
            _("It is {mime_type}, which does not belong in {folder_by_kind}/.").format(
                mime_type=media.mime_type, folder_by_kind=FOLDER_BY_KIND[kind]
            )
        )
    return media


def why_not_ours(path: Path, kind: str) -> Refusal | None:
    """Return why a file cannot have a row; None where it can."""
    try:
        inspect(path, kind)
    except FileNotFoundError:
        return Refusal(_("It is gone."), is_damaged=True)
    except Problem as problem:
        return Refusal(problem.message, is_damaged=problem.code == "damaged_media")
    return None
