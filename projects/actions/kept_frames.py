"""A frame of a clip as a picture of a scene: the last one, from which the next take can go on, or any other."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.utils.translation import gettext as _

from projects.actions.new_assets import store_upload
from projects.actions.scenes import create_scene
from projects.disk.decoding import frame_at
from projects.models import Asset, Scene
from projects.problems import Problem, conflict, wrong_field


def keep_frame(
    clip: Asset, seconds: float | None = None, scene: Scene | None = None, *, in_new_scene: bool = False
) -> Asset:
    """Store a frame of a video as a lossless PNG in `images/`, and return it; a second call returns the same picture.

    Without `seconds` it is the last one. It is kept in the clip's own scene, or in `scene`, which the film goes on
    with, or in a new one at the end.

    Raise Problem 409 for what is not a video, 404 where the file is missing, 422 where it is damaged or has no frame at
    that time.
    """
    if clip.kind != Asset.Kind.VIDEO:
        raise conflict(_("Only a video has frames. Choose a take."), "no_clip")
    if seconds is not None and not 0 <= seconds <= (clip.duration or 0):
        raise wrong_field(
            "seconds",
            _("seconds must be from 0 to {seconds:g}, the length of the clip.").format(seconds=clip.duration or 0),
        )
    try:
        png = frame_at(clip.path, seconds)
    except FileNotFoundError:
        message = _("The file {relative_path} is missing on disk. Put it back, or choose another take.").format(
            relative_path=clip.relative_path
        )
        raise Problem(message, code="file_missing", status=404) from None
    if in_new_scene:
        scene = create_scene(clip.scene.project)
    sha256 = hashlib.sha256(png).hexdigest()
    # by content: a second press, or another tab, stores no second picture
    scene = scene or clip.scene
    stored = scene.assets.filter(kind=Asset.Kind.IMAGE, sha256=sha256, trashed_at=None).first()
    name = f"{Path(clip.file_name).stem}-{'last-frame' if seconds is None else f'at-{seconds:.2f}s'}"
    return stored or store_upload(scene, name, [png], only="image", source=Asset.Source.GENERATED)
