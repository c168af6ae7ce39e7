"""The rows and names of a file that moves to another scene of its project."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from projects.actions.assets import file_missing, taken_names
from projects.actions.file_uses import check_unneeded
from projects.disk.layout import FOLDER_BY_KIND, ORIGINALS
from projects.disk.relocation import Relocation
from projects.disk.tree import list_files
from projects.mirror import contributions
from projects.models import Asset, Scene
from projects.problems import conflict


def move_asset(
    asset: Asset,
    scene: Scene,
    relocation: Relocation,
    *,
    file_name: str | None = None,
    take: int | None = None,
    selected: bool = False,
) -> None:
    """Move a file to `scene`, under its name or the next free one, in a transaction that has locked both scenes.

    The caller finishes the relocation after the commit, or undoes it. Problem 409 while an unfinished take or export
    needs the file, 404 where it is missing on disk.
    """
    if contributions.jobs().is_busy(asset):
        raise conflict(_("An unfinished take needs this file. Move it when that take is finished."), "unfinished_jobs")
    check_unneeded(asset)
    folder, original = scene.path / FOLDER_BY_KIND[asset.kind], asset.original_path
    name = file_name or asset.file_name
    try:
        placed = relocation.link(asset.path, folder, name, _taken(scene, asset.kind, name))
    except FileNotFoundError:
        raise file_missing(asset) from None
    if original is not None and original.is_file():
        original_name = f"{placed.stem}{original.suffix}"
        asset.original_file = relocation.link(original, folder / ORIGINALS, original_name).name
    asset.scene, asset.file_name, asset.take = scene, placed.name, take
    asset.selected = selected and not scene.assets.filter(selected=True, trashed_at=None).exists()
    asset.selected_automatically = False
    asset.save(update_fields=["scene", "file_name", "original_file", "take", "selected", "selected_automatically"])


def _taken(scene: Scene, kind: str, name: str) -> set[str]:
    # a record in metadata/ belongs to the file of its name, and is never written over
    records = {f"{path.stem}{Path(name).suffix}" for path in list_files(scene.path / "metadata")}
    return taken_names(scene, kind) | records
