"""Files that people put into a scene's folders by hand, renamed there, or took away: the rows follow the disk."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from projects.disk import probe
from projects.disk.layout import KIND_BY_FOLDER
from projects.disk.media_errors import unsupported_media
from projects.disk.probe import Media
from projects.disk.tree import list_files
from projects.mirror import write
from projects.mirror.asset_rows import add_asset
from projects.models import Asset, Scene
from projects.models.locks import locked_scene
from projects.problems import Problem


@dataclass
class FoundFiles:
    added: list[Asset] = field(default_factory=list)
    renamed: list[Asset] = field(default_factory=list)
    missing: list[Asset] = field(default_factory=list)
    """Rows whose file is not on the disk; they stay, since the file may come back."""
    refused: list[str] = field(default_factory=list)
    """A path within the project's folder, and why it is left alone."""


def find_files(scene: Scene) -> FoundFiles:
    """Make the rows of a scene agree with its folders; doing it twice changes nothing more."""
    found = FoundFiles()
    # outside the transaction, which holds up all others: a large file takes a while
    unknown = [_looked_at(scene, path, found) for path in _files(scene) if _is_unknown(scene, path)]
    with transaction.atomic():
        scene = locked_scene(scene)
        rows = list(scene.assets.filter(trashed_at=None))
        known = {asset.path for asset in rows}
        gone = [asset for asset in rows if not asset.path.is_file()]
        for path, details in filter(None, unknown):
            # an upload may have got its row in the meantime
            if path not in known and path.is_file():
                _take_in(scene, path, details, gone, found)
    found.missing = gone
    return found


def _files(scene: Scene) -> list[Path]:
    return [path for name in KIND_BY_FOLDER for path in list_files(scene.path / name)]


def _is_unknown(scene: Scene, path: Path) -> bool:
    kind = KIND_BY_FOLDER[path.parent.name]
    return (
        not _is_writable_name(path.name)
        or not scene.assets.filter(kind=kind, file_name=path.name, trashed_at=None).exists()
    )


def _is_writable_name(name: str) -> bool:
    """Neither control characters nor bytes that are no UTF-8: no row and no header could hold them."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in name)


def _looked_at(scene: Scene, path: Path, found: FoundFiles) -> tuple[Path, Media] | None:
    try:
        if not _is_writable_name(path.name):
            raise unsupported_media("Its name cannot be written down: give it another one.")
        details = probe.inspect(path)
        if details.kind != KIND_BY_FOLDER[path.parent.name]:
            raise unsupported_media(f"It is {details.mime_type}, which does not belong into {path.parent.name}/.")
    except FileNotFoundError:
        return None
    except Problem as problem:
        shown = os.fsencode(path.relative_to(scene.project.path)).decode(errors="replace")
        found.refused.append(f"{shown}: {problem.message}")
        return None
    return path, details


def _take_in(scene: Scene, path: Path, details: Media, gone: list[Asset], found: FoundFiles) -> None:
    """A row that lost its file gets it back when the same content stands there under another name."""
    same = next((asset for asset in gone if (asset.kind, asset.sha256) == (details.kind, details.sha256)), None)
    if same is None:
        found.added.append(add_asset(scene, path.name, details, Asset.Source.FOUND))
        return
    gone.remove(same)
    same.file_name = path.name
    same.save(update_fields=["file_name"])
    write.changed(scene)
    found.renamed.append(same)
