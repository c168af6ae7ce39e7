"""The pictures in `images/originals/`: each follows the picture that was made of it to the trash and back."""

from __future__ import annotations

from pathlib import Path

from projects.disk.layout import ORIGINALS
from projects.disk.links import move_to_free_name
from projects.disk.media import sha256_of
from projects.disk.trash import find_in_trash, move_to_trash
from projects.models import Asset


def trash_original(asset: Asset, trash: Path) -> None:
    """Move the original of a picture into the folder `originals` in `trash`, where the picture is moved to."""
    original = asset.original_path
    if original is not None and original.is_file():
        move_to_trash(original, trash / ORIGINALS)


def restore_original(asset: Asset, trash: Path) -> None:
    """Move the original back and set its name, which may have a number now. One that is gone stays away."""
    original = asset.original_path
    if original is None or is_original(original, asset):
        return
    for path in find_in_trash(trash / ORIGINALS, asset.original_file):
        if is_original(path, asset):
            asset.original_file = move_to_free_name(path, original.parent, asset.original_file).name
            return


def is_original(path: Path, asset: Asset) -> bool:
    """Return whether a file is the picture that this one was made of."""
    # by its content, since names are used again
    return path.is_file() and sha256_of(path) == asset.original_sha256
