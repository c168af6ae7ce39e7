"""Posters: a small JPEG that stands for a picture or a video."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from projects.disk.media_errors import unsupported_media
from projects.disk.pictures import small_picture
from projects.disk.recordings import small_first_frame
from projects.translation import gettext as _


def make_poster(path: Path, kind: str, width: int = 640) -> bytes:
    """Return a JPEG at most `width` pixels wide of a picture, or of a video's first frame.

    `kind`: image, video or audio. Raise Problem 415 for audio, 422 for a damaged file.
    """
    if kind == "audio":
        raise unsupported_media(_("A sound has no poster."))
    image = small_picture(path, width) if kind == "image" else small_first_frame(path, width)
    image.thumbnail((width, width * 4))
    if image.has_transparency_data:
        background = Image.new("RGBA", image.size, "#808080")
        image = Image.alpha_composite(background, image.convert("RGBA"))
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=82, optimize=True)
    return buffer.getvalue()
