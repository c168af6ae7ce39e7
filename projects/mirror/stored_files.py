"""The files that a scene.json names, to rows: what the file says of a file, and what the file itself is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field

from projects.disk import decoding
from projects.disk.hashed_files import HashedFile, hash_files
from projects.disk.layout import FOLDER_BY_KIND, KIND_BY_FOLDER, ORIGINALS
from projects.disk.media import Media, sha256_of
from projects.disk.names import uploaded_name
from projects.mirror.asset_rows import Original, add_asset, insert_assets
from projects.mirror.moved import follow_file
from projects.mirror.parse import entries, moment, skip_bad_entry
from projects.mirror.scenes_ahead import SceneAhead
from projects.models import Asset, Scene
from projects.problems import Problem

_BAD_ENTRY = (Problem, ValueError, OSError)


class AssetEntry(BaseModel):
    """What scene.json says of a file."""

    id: UUID
    path: str
    source: Literal["uploaded", "generated", "found"]
    createdAt: str
    originalName: str | None = None
    originalPath: str | None = None
    take: int | None = None
    selected: bool = False
    selectedAutomatically: bool = False
    # what the file itself tells, which counts as long as it has this hash
    mimeType: str = Field("", max_length=100)
    sha256: str = ""
    width: int | None = Field(None, ge=0)
    height: int | None = Field(None, ge=0)
    duration: float | None = Field(None, ge=0)
    hasSound: bool | None = None


class StoredFile(NamedTuple):
    """A file without a row, as it lies in the scene's folder."""

    entry: AssetEntry
    folder: Path
    name: str
    media: Media
    time: int


def files_without_row(
    scene: Scene, folder: Path, data: Mapping[str, Any], notes: list[str], ahead: SceneAhead | None = None
) -> list[StoredFile]:
    """Return the files of a scene.json that lie in the scene's folder and have no row; each of them is read.

    `ahead` has the hashes of files, if reading them was begun before.
    """
    found = list(_entries_without_row(scene, data, notes))
    folders = {kind: folder / kind for kind in KIND_BY_FOLDER}
    paths = [f"{folders[kind]}/{name}" for _, kind, name in found]
    hashes = ahead.hashes if ahead and ahead.paths == paths else hash_files(paths)
    files = []
    for (entry, kind, name), hashed in zip(found, hashes, strict=True):
        try:
            if isinstance(hashed, OSError):
                raise hashed
            if hashed:
                media = _media(entry, folders[kind], name, hashed)
                files.append(StoredFile(entry, folders[kind], name, media, hashed.time))
        except _BAD_ENTRY as error:
            _note(scene, notes, error)
    return files


def _entries_without_row(
    scene: Scene, data: Mapping[str, Any], notes: list[str]
) -> Iterator[tuple[AssetEntry, str, str]]:
    """Yield each entry that has no row, with the folder and the name of its file."""
    known = {str(key) for key in scene.assets.values_list("pk", flat=True)}
    for raw in entries(data, "assets", *FOLDER_BY_KIND.values()):
        if str(raw.get("id")) in known:
            continue
        try:
            entry = AssetEntry.model_validate(raw)
        except ValueError as error:
            _note(scene, notes, error)
            continue
        # an entry that was edited by hand must not lead out of the scene's folder
        match entry.path.split("/"):
            case (scene.folder_name, kind, name) if kind in KIND_BY_FOLDER and name not in ("", ".", ".."):
                yield entry, kind, name


def _note(scene: Scene, notes: list[str], error: Exception) -> None:
    """Note why an entry makes no row."""
    notes.append(
        _("{folder_name}: an entry of a file was left out: {error}").format(
            folder_name=scene.folder_name, error=str(error).splitlines()[0]
        )
    )


def _media(entry: AssetEntry, folder: Path, name: str, hashed: HashedFile) -> Media:
    """Return what a file is. It is decoded only where it is not the one that the entry tells of."""
    kind = KIND_BY_FOLDER[folder.name]
    if hashed.sha256 != entry.sha256 or entry.mimeType.partition("/")[0] != kind:
        return decoding.inspect(folder / name, hashed.sha256)
    return Media(
        kind=kind,  # type: ignore[arg-type]
        mime_type=entry.mimeType,
        suffix=os.path.splitext(name)[1],  # noqa: PTH122 - ten times quicker where there are many
        bytes=hashed.bytes,
        sha256=hashed.sha256,
        width=entry.width,
        height=entry.height,
        duration=entry.duration,
        has_sound=entry.hasSound,
    )


def are_exact(files: Sequence[StoredFile]) -> bool:
    """Return whether each file is the one that its entry tells of, in the folder that it names."""
    return all(
        file.media.sha256 == file.entry.sha256 and (not file.entry.originalPath or _original(file)) for file in files
    )


def add_rows(scene: Scene, files: Sequence[StoredFile], notes: list[str]) -> int:
    """Make the rows of files as they were, and return how many were made."""
    names = set(scene.assets.filter(trashed_at=None).values_list("kind", "file_name"))
    new = []
    for file in files:
        # one that was found in the folder before has a row already
        if (file.media.kind, file.name) not in names:
            names.add((file.media.kind, file.name))
            new.append(file)
    if not scene.mirrored_version and _insert_all(scene, new):
        return len(new)
    count = 0
    for file in new:
        with skip_bad_entry(notes, _("{folder_name}: an entry of a file").format(folder_name=scene.folder_name)):
            _add_row(scene, file)
            count += 1
    return count


def _insert_all(scene: Scene, files: Sequence[StoredFile]) -> bool:
    """Make the rows of a new scene at once; False where that cannot be: people copy folders, and so ids that are known.

    To ask for the ids first costs an eighth of the whole import.
    """
    try:
        # a savepoint, since PostgreSQL does nothing more in a transaction with an error
        with transaction.atomic():
            insert_assets(scene, map(_columns, files))
    except IntegrityError:
        return False
    return True


def _columns(file: StoredFile) -> dict[str, Any]:
    """Return the columns of a file of a new scene."""
    media, original = file.media, _original(file)
    return {
        "kind": media.kind,
        "file_name": file.name,
        "mime_type": media.mime_type,
        "bytes": media.bytes,
        "sha256": media.sha256,
        "width": media.width,
        "height": media.height,
        "duration": media.duration,
        "has_sound": media.has_sound,
        "file_time": file.time,
        "original_file": original.file_name if original else "",
        "original_sha256": original.sha256 if original else "",
        **_values(file),
    }


def _values(file: StoredFile) -> dict[str, Any]:
    """Return the columns that only the entry tells."""
    entry, is_video = file.entry, file.media.kind == "video"
    original_name = entry.originalName or (file.name if entry.source == "uploaded" else "")
    return {
        "id": entry.id,
        "source": entry.source,
        "created_at": moment(entry.createdAt),
        "original_name": uploaded_name(original_name) if original_name else "",
        "take": entry.take if is_video else None,
        "selected": entry.selected and is_video,
        "selected_automatically": entry.selected and is_video and entry.selectedAutomatically,
    }


def _add_row(scene: Scene, file: StoredFile) -> None:
    values, name = _values(file), file.name
    key = values["id"]
    if follow_file(scene, key, file.media.kind, name):
        values.pop("id")
    else:
        key = add_asset(scene, name, file.media, Asset.Source.FOUND, original=_original(file)).pk
    if values["selected"]:
        scene.assets.filter(selected=True).update(selected=False, selected_automatically=False)
    Asset.objects.filter(pk=key).update(**values)


def _original(file: StoredFile) -> Original | None:
    """Return the picture that a file was made of, if it is where the entry says."""
    if not file.entry.originalPath:
        return None
    name = Path(file.entry.originalPath).name
    path = file.folder / ORIGINALS / name
    is_there = name not in ("", "..") and path.is_file() and not path.is_symlink()
    return Original(name, sha256_of(path)) if is_there else None
