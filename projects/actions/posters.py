"""Posters of pictures and clips."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from projects.actions.assets import file_missing
from projects.disk.atomic import write_atomically
from projects.disk.decoding import make_poster
from projects.models import Asset
from projects.problems import not_found

# in pixels
POSTER_WIDTH = 640


def poster_of(asset: Asset, width: int = POSTER_WIDTH) -> Path:
    """Return a JPEG of a picture or clip, at most `width` pixels wide, made once for each content and width.

    Problem 404 for sound, and for a file that is gone.
    """
    if asset.kind == Asset.Kind.AUDIO:
        raise not_found("poster: sound has none")
    # by content, so that a poster is never stale, and copies of a clip share one
    name = asset.sha256 if width == POSTER_WIDTH else f"{asset.sha256}-{width}"
    path = Path(settings.DATA_DIR) / "cache" / "posters" / f"{name}.jpg"
    if not path.is_file():
        try:
            write_atomically(path, make_poster(asset.path, asset.kind, width))
        except FileNotFoundError:
            raise file_missing(asset) from None
    return path
