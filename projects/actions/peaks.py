"""The wave forms of sounds."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from projects.actions.assets import file_missing
from projects.disk.atomic import write_atomically
from projects.disk.decoding import sound_peaks
from projects.models import Asset
from projects.problems import not_found


def peaks_of(asset: Asset) -> list[int]:
    """Return the peaks of a sound or clip, 0 to 255, made once for each content.

    Problem 404 for a picture and for a file that is gone, 415 for a clip without sound.
    """
    if asset.kind == Asset.Kind.IMAGE:
        raise not_found(_("wave form: a picture has none"))
    path = Path(settings.DATA_DIR) / "cache" / "peaks" / asset.sha256
    if not path.is_file():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, sound_peaks(asset.path))
        except FileNotFoundError:
            raise file_missing(asset) from None
    return list(path.read_bytes())
