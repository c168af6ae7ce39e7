"""The last frame of a clip as a picture of its scene, from which the next take can go on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from projects.actions.assets import store_upload
from projects.disk.decoding import last_frame
from projects.models import Asset
from projects.problems import Problem, conflict


def keep_last_frame(clip: Asset) -> Asset:
    """Store the last frame of a video as a PNG in `images/`, and return it; a second call returns the same picture.

    Raise Problem 409 for what is not a video, 404 where the file is missing, 422 where it is damaged.
    """
    if clip.kind != Asset.Kind.VIDEO:
        raise conflict("Only a video has a last frame. Choose a take.", "no_clip")
    try:
        png = last_frame(clip.path)
    except FileNotFoundError:
        message = f"The file {clip.relative_path} is missing on disk. Put it back, or choose another take."
        raise Problem(message, code="file_missing", status=404) from None
    sha256 = hashlib.sha256(png).hexdigest()
    # by content: a second press, or another tab, stores no second picture
    stored = clip.scene.assets.filter(kind=Asset.Kind.IMAGE, sha256=sha256, trashed_at=None).first()
    return stored or store_upload(
        clip.scene, f"{Path(clip.file_name).stem}-last-frame", [png], only="image", source=Asset.Source.GENERATED
    )
