"""Whether an export of Runway's is whole: an archive by its checksums, a drawing by its root element being closed."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from django.utils.translation import gettext as _

from projects.disk.media_errors import damaged_media

_SVG_HEAD_BYTES = 1024
_SVG_TAG = re.compile(rb"<(?P<end>/?)(?:\w+:)?svg\b[^>]*?(?P<empty>/?)>")


def check_zip(path: Path) -> None:
    """Raise Problem 422 when an archive, or a file in it, is damaged or cut off."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise damaged_media(_("The archive is damaged or cut off ({error}).").format(error=error)) from error
    if damaged:
        raise damaged_media(_("{damaged} in the archive is damaged.").format(damaged=damaged))


def check_svg(path: Path) -> None:
    """Raise Problem 422 when a drawing is cut off. What stands behind its root element does not matter."""
    data = path.read_bytes()
    depth = 0
    for tag in _SVG_TAG.finditer(data) if b"<svg" in data[:_SVG_HEAD_BYTES] else ():
        depth += -1 if tag["end"] else 0 if tag["empty"] else 1
        if depth <= 0:
            return
    raise damaged_media(_("The drawing is damaged or cut off."))


EXPORT_CHECKS = {".zip": check_zip, ".svg": check_svg}
"""By the ending of the file's name."""
