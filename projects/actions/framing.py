"""A part of a picture as a picture of its own, in the shape of a take: what is sent is what was shown."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from projects.actions.assets import file_missing
from projects.actions.new_assets import store_upload
from projects.disk.decoding import frame_picture
from projects.models import Asset
from projects.problems import conflict, wrong_field

_RATIO = re.compile(r"([1-9][0-9]{0,4}):([1-9][0-9]{0,4})", re.ASCII)
# of the picture: a part that is smaller shows nothing, one that is larger has it as a speck
MIN_WIDTH, MAX_WIDTH = 0.02, 10.0
MAX_ASPECT = 10


@dataclass(frozen=True)
class Frame:
    """A part of a picture: shares of its width and height, and the sides of the take."""

    left: float
    top: float
    width: float
    shape: tuple[int, int]

    @classmethod
    def read(cls, left: str, top: str, width: str, ratio: str) -> Frame:
        """Return what a form says. Raise Problem 422 with the field."""
        match = _RATIO.fullmatch(ratio)
        shape = (int(match[1]), int(match[2])) if match else (1, 0)
        if not match or max(shape) > MAX_ASPECT * min(shape):
            raise wrong_field(
                "ratio",
                _("ratio must be two sides such as 16:9, at most {max_aspect}:1.").format(max_aspect=MAX_ASPECT),
            )
        frame = cls(_share("left", left), _share("top", top), _share("width", width), shape)
        if not MIN_WIDTH <= frame.width <= MAX_WIDTH:
            raise wrong_field(
                "width",
                _("width must be {min_width:g} to {max_width:g}.").format(min_width=MIN_WIDTH, max_width=MAX_WIDTH),
            )
        return frame


def _share(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not -MAX_WIDTH <= value <= MAX_WIDTH:
        raise wrong_field(
            name,
            _("{name} must be a number from -{max_width:g} to {max_width:g}.").format(name=name, max_width=MAX_WIDTH),
        )
    return value


def keep_frame(picture: Asset, frame: Frame) -> Asset:
    """Store a part of a picture in `images/`, and return it; a second call returns the same picture.

    Raise Problem 409 for what is no picture, 422 where nothing of it would be seen, 404 where the file is missing.
    """
    if picture.kind != Asset.Kind.IMAGE or not picture.width or not picture.height:
        raise conflict(_("Only a picture can be cropped. Choose a picture."), "no_picture")
    height = frame.width * picture.width / picture.height * frame.shape[1] / frame.shape[0]
    if not (-frame.width < frame.left < 1 and -height < frame.top < 1 and height <= 2 * MAX_WIDTH):
        raise wrong_field("left", _("left and top must leave part of the picture visible."))
    try:
        content = frame_picture(picture.path, frame.left, frame.top, frame.width, frame.shape)
    except FileNotFoundError:
        raise file_missing(picture) from None
    # by content: a second press stores no second picture
    sha256 = hashlib.sha256(content).hexdigest()
    stored = picture.scene.assets.filter(kind=Asset.Kind.IMAGE, sha256=sha256, trashed_at=None).first()
    name = f"{Path(picture.file_name).stem}-{frame.shape[0]}x{frame.shape[1]}"
    return stored or store_upload(picture.scene, name, [content], only="image", source=Asset.Source.UPLOADED)
