"""Files that people added to a scene's folders by hand, renamed or removed there: the rows follow the disk."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from projects.disk.layout import KIND_BY_FOLDER
from projects.disk.media import Media, sha256_of
from projects.disk.media_files import media_names
from projects.disk.originals import find_original
from projects.disk.tree import list_files
from projects.mirror import write
from projects.mirror.asset_rows import Original, add_asset
from projects.mirror.file_quality import inspect, is_printable
from projects.models import Asset, Scene
from projects.models.locks import locked_scene
from projects.problems import Problem


@dataclass
class ScanResult:
    """What a scan of a scene's folders found.

    `missing` are rows without a file; they stay, since the file may come back. `refused` has one line for each file
    that is left alone: its path within the project's folder, and why.
    """

    added: list[Asset] = field(default_factory=list)
    renamed: list[Asset] = field(default_factory=list)
    missing: list[Asset] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def scan_folders(scene: Scene) -> ScanResult:
    """Make the rows of a scene agree with its folders; running it again changes nothing more."""
    result = ScanResult()
    names = set(scene.assets.filter(trashed_at=None).values_list("kind", "file_name"))
    if names == media_names(scene.path):
        return result
    # outside the transaction, which blocks other writers: a large file takes a while
    unknown = [_inspect(scene, path, result) for path in _files(scene) if _is_unknown(names, path)]
    with transaction.atomic():
        scene = locked_scene(scene)
        rows = list(scene.assets.filter(trashed_at=None).select_related("scene__project"))
        known = {asset.path for asset in rows}
        # with the rows locked: a file that is being renamed by the program is missing for a moment
        result.missing = [asset for asset in rows if not asset.path.is_file()]
        for path, media in filter(None, unknown):
            # an upload may have got its row in the meantime
            if path not in known and path.is_file():
                _add_or_rename(scene, path, media, result)
    return result


def _files(scene: Scene) -> list[Path]:
    return [path for name in KIND_BY_FOLDER for path in list_files(scene.path / name)]


def _is_unknown(rows: set[tuple[str, str]], path: Path) -> bool:
    """Return whether a file has no row; `rows` are their kinds and names."""
    kind = KIND_BY_FOLDER[path.parent.name]
    return not is_printable(path.name) or rows.isdisjoint((kind, name) for name in _names(path))


def _names(path: Path) -> list[str]:
    """Return the names that a row may have for the file: some file systems decompose the letters of a name."""
    composed = path.with_name(unicodedata.normalize("NFC", path.name))
    is_same = composed != path and composed.exists() and composed.samefile(path)
    return [path.name, composed.name] if is_same else [path.name]


def _inspect(scene: Scene, path: Path, result: ScanResult) -> tuple[Path, Media] | None:
    try:
        return path, inspect(path, KIND_BY_FOLDER[path.parent.name])
    except FileNotFoundError:
        return None
    except Problem as problem:
        # a name on disk need not be text: what is not UTF-8 is shown with a replacement character
        name = os.fsencode(path.relative_to(scene.project.path)).decode(errors="replace")
        result.refused.append(f"{name}: {problem.message}")
        return None


def _original(media: Media, path: Path) -> Original | None:
    """Return the picture that this one was made of, for folders whose scene.json is lost."""
    original = find_original(path) if media.kind == "image" else None
    return Original(original.name, sha256_of(original)) if original else None


def _add_or_rename(scene: Scene, path: Path, media: Media, result: ScanResult) -> None:
    """Add a row; where a row lost its file and this has the same content, it was renamed by hand."""
    key = (media.kind, media.sha256)
    # by content, so that a take keeps its job, its number and its mark under its new name
    asset = next((asset for asset in result.missing if (asset.kind, asset.sha256) == key), None)
    if asset is None:
        result.added.append(add_asset(scene, path.name, media, Asset.Source.FOUND, original=_original(media, path)))
        return
    result.missing.remove(asset)
    asset.file_name, asset.missing_since = path.name, None
    asset.save(update_fields=["file_name", "missing_since"])
    write.changed(scene)
    result.renamed.append(asset)
