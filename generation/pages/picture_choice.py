"""The picture that a take begins with, on pages that request takes of several scenes: shown, and changed there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from projects.models import Asset

MAX_OFFERED = 24
"""So many of a scene's pictures are offered, the newest of them: a page may have a hundred scenes."""


@dataclass(frozen=True)
class PictureChoice:
    """A picture, and what may be chosen in its place."""

    name: str
    """The name of the form's field."""
    scene_name: str
    chosen: Asset | None
    pictures: Sequence[Asset]
    """What may be chosen, the oldest first; the chosen one is among them."""


def picture_choice(
    name: str, scene_name: str, pictures: Sequence[Asset], value: object, proposed: Asset | None
) -> PictureChoice:
    """Return the choice of a form's field with a value: the id of a picture, or anything that came with a request."""
    chosen = next((picture for picture in pictures if str(picture.pk) == str(value)), proposed)
    offered = list(pictures[-MAX_OFFERED:])
    if chosen is not None and chosen not in offered:
        offered.insert(0, chosen)
    return PictureChoice(name, scene_name, chosen, offered)
