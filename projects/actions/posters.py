"""Posters of pictures and clips, and the sprites through which a page scrubs a clip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from projects.actions.assets import file_missing
from projects.disk import decoding
from projects.disk.atomic import write_atomically
from projects.models import Asset
from projects.problems import not_found

# in pixels
POSTER_WIDTH = 640


def poster_of(asset: Asset, width: int = POSTER_WIDTH) -> Path:
    """Return a JPEG of a picture or clip, at most `width` pixels wide, made once for each content and width.

    Problem 404 for sound, and for a file that is gone.
    """
    if asset.kind == Asset.Kind.AUDIO:
        raise not_found(_("poster: sound has none"))
    name = asset.sha256 if width == POSTER_WIDTH else f"{asset.sha256}-{width}"
    return _made_once(asset, name, lambda: decoding.make_poster(asset.path, asset.kind, width))


def sprite_of(asset: Asset) -> Path:
    """Return a JPEG with frames of a clip in one row, made once for each content.

    Problem 404 for what is no clip, and for a file that is gone; 422 for one that cannot be decoded.
    """
    if asset.kind != Asset.Kind.VIDEO:
        raise not_found(_("sprite: only clips have one"))
    return _made_once(asset, f"{asset.sha256}-sprite", lambda: decoding.make_sprite(asset.path))


def _made_once(asset: Asset, name: str, make: Callable[[], bytes]) -> Path:
    """Return the picture of this name, which begins with the hash of the file: copies of a clip share it."""
    path = Path(settings.DATA_DIR) / "cache" / "posters" / f"{name}.jpg"
    if not path.is_file():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, make())
        except FileNotFoundError:
            raise file_missing(asset) from None
    return path
