"""A scene's scene.json to its rows, where the file knows more: for a database that is lost or from a backup."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.template.defaultfilters import pluralize
from django.utils import timezone
from pydantic import BaseModel

from projects.disk import decoding
from projects.disk.layout import FOLDER_BY_KIND, KIND_BY_FOLDER, ORIGINALS, TRASH
from projects.disk.media import Media, sha256_of
from projects.disk.names import checked_name, uploaded_name
from projects.disk.trash import move_to_trash
from projects.mirror import contributions, evidence, write
from projects.mirror.asset_rows import Original, add_asset
from projects.mirror.parse import entries, moment, read_json, skip_bad_entry
from projects.mirror.scene_file import SCENE_FILE, scene_dicts
from projects.models import Asset, Scene
from projects.models.scene import NEXT_NUMBERS
from projects.problems import Problem

logger = logging.getLogger("dailies.mirror")


@dataclass
class TakenIn:
    """What got a row or had it corrected, and one line for each thing that was left out or is missing."""

    projects: int = 0
    scenes: int = 0
    files: int = 0
    jobs: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, other: TakenIn) -> None:
        """Count another result, too."""
        self.projects += other.projects
        self.scenes += other.scenes
        self.files += other.files
        self.jobs += other.jobs
        self.notes += other.notes

    @property
    def words(self) -> str:
        """What was taken in, for people; empty for nothing."""
        counts = {"take": self.jobs, "file": self.files}
        return " and ".join(f"{count} {noun}{pluralize(count)}" for noun, count in counts.items() if count)


class AssetEntry(BaseModel):
    """What scene.json says of a file that the file itself does not tell."""

    id: UUID
    path: str
    source: Literal["uploaded", "generated", "found"]
    createdAt: str
    originalName: str | None = None
    originalPath: str | None = None
    take: int | None = None
    selected: bool = False
    selectedAutomatically: bool = False


@dataclass(frozen=True)
class StoredFile:
    """A file without a row, as it lies in the scene's folder."""

    entry: AssetEntry
    path: Path
    media: Media


def take_in(scene: Scene, folder: Path | None = None) -> TakenIn:
    """Bring the rows of a scene up to its scene.json, and write it anew; doing it again changes nothing more.

    Jobs without a row get one, and those that the file knows in a later state are moved there. `folder` is where the
    scene's folder lies, when that is in the trash.
    """
    folder = folder or scene.path
    result = TakenIn()
    data = read_json(folder / "metadata" / SCENE_FILE, result.notes)
    # outside of the transaction, which blocks other writers: a large file takes a while
    files = _files_without_row(scene, folder, data, result.notes)
    with transaction.atomic():
        scene = Scene.objects.select_for_update(no_key=True, of=("self",)).select_related("project").get(pk=scene.pk)
        is_newer = _is_newer(scene, data)
        if evidence.number(data.get("version")) > scene.version:
            _correct_scene(scene, folder, data)
        for file in files:
            with skip_bad_entry(result.notes, f"{scene.folder_name}: an entry of a file"):
                result.files += _add_row(scene, file)
        # after the files, to which jobs refer
        jobs = contributions.jobs().restore_jobs(scene, folder, data, result.notes)
        result.jobs = jobs.count
        _raise_numbers(scene, evidence.number(data.get("version")), jobs.highest)
        _note_result(scene, result)
        if _is_newer(scene, data):
            _set_aside(folder / "metadata" / SCENE_FILE)
        if is_newer or result.words or not scene.mirrored_version:
            write.changed(scene)
    return result


def _files_without_row(scene: Scene, folder: Path, data: Mapping[str, Any], notes: list[str]) -> list[StoredFile]:
    known = {str(key) for key in scene.assets.values_list("pk", flat=True)}
    files = []
    for raw in entries(data, "assets", *FOLDER_BY_KIND.values()):
        if str(raw.get("id")) in known:
            continue
        try:
            entry = AssetEntry.model_validate(raw)
            path = _path_of(scene, folder, entry.path)
            files += [StoredFile(entry, path, decoding.inspect(path))] if path else []
        except (Problem, ValueError, OSError) as error:
            notes.append(f"{scene.folder_name}: an entry of a file was left out: {str(error).splitlines()[0]}")
    return files


def _path_of(scene: Scene, folder: Path, text: str) -> Path | None:
    """Return where the file of an entry lies; None where it is not there."""
    # an entry that was edited by hand must not lead out of the scene's folder
    match Path(text).parts:
        case (scene.folder_name, kind, name) if kind in KIND_BY_FOLDER and name != "..":
            path = folder / kind / name
            return path if path.is_file() and not path.is_symlink() else None
    return None


def _add_row(scene: Scene, file: StoredFile) -> bool:
    """Make the row as it was; what the file is, was read from the file, which may have been replaced since."""
    entry, name = file.entry, file.path.name
    # one that was found in the folder before has a row already
    if scene.assets.filter(kind=file.media.kind, file_name=name, trashed_at=None).exists():
        return False
    asset = add_asset(scene, name, file.media, Asset.Source.FOUND, original=_original(file))
    is_video = file.media.kind == "video"
    if entry.selected and is_video:
        scene.assets.filter(selected=True).update(selected=False, selected_automatically=False)
    Asset.objects.filter(pk=asset.pk).update(
        id=entry.id,
        source=entry.source,
        created_at=moment(entry.createdAt),
        original_name=uploaded_name(entry.originalName or (name if entry.source == "uploaded" else "")),
        take=entry.take if is_video else None,
        selected=entry.selected and is_video,
        selected_automatically=entry.selected and is_video and entry.selectedAutomatically,
    )
    return True


def _original(file: StoredFile) -> Original | None:
    """Return the picture that a file was made of, if it is where the entry says."""
    name = Path(file.entry.originalPath or "").name
    path = file.path.parent / ORIGINALS / name
    is_there = name not in ("", "..") and path.is_file() and not path.is_symlink()
    return Original(name, sha256_of(path)) if is_there else None


def _correct_scene(scene: Scene, folder: Path, data: Mapping[str, Any]) -> None:
    """Take over what people changed since the backup: name, tags, the chosen take, and what went to the trash."""
    scene.name = name_in(data, scene.name)
    tags = tags_in(data)
    for column, value in tags.items():
        setattr(scene, column, value)
    scene.save(update_fields=["name", *tags])
    stored = {str(entry.get("id")): entry for entry in entries(data, "assets", *FOLDER_BY_KIND.values())}
    chosen = [key for key, entry in stored.items() if entry.get("selected") is True]
    if chosen:
        others = scene.assets.exclude(pk__in=chosen[:1]).filter(selected=True)
        others.update(selected=False, selected_automatically=False)
        automatically = stored[chosen[0]].get("selectedAutomatically") is True
        clip = scene.assets.filter(pk__in=chosen[:1], kind=Asset.Kind.VIDEO)
        clip.update(selected=True, selected_automatically=automatically)
    gone = [
        asset.pk
        for asset in scene.assets.filter(trashed_at=None)
        if str(asset.pk) not in stored and not (folder / asset.folder_name / asset.file_name).exists()
    ]
    scene.assets.filter(pk__in=gone).update(trashed_at=timezone.now())


def name_in(data: Mapping[str, Any], default: str) -> str:
    """Return the name in a scene.json or project.json; `default` where it has none that a row can have."""
    try:
        return checked_name(str(data["name"]))
    except (KeyError, Problem):
        return default


def tags_in(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the status and the color in a scene.json, by the name of the column; what is none of ours is left out."""
    stored = {"review_status": data.get("reviewStatus"), "color": data.get("color")}
    allowed = {"review_status": Scene.ReviewStatus.values, "color": Scene.Color.values}
    return {column: value for column, value in stored.items() if isinstance(value, str) and value in allowed[column]}


def _raise_numbers(scene: Scene, version: int, highest: Mapping[str, int]) -> None:
    """Let the next output have a number of its own, also where scene.json was lost and only the files are left."""
    of_files = scene.assets.exclude(take=None).order_by().values_list("kind").annotate(Max("take"))
    for numbers in (highest, dict(of_files)):
        for kind, number in numbers.items():
            column = NEXT_NUMBERS[kind]
            setattr(scene, column, max(getattr(scene, column), number + 1))
    scene.version = max(scene.version, version)
    scene.save(update_fields=[*NEXT_NUMBERS.values(), "version"])


def _note_result(scene: Scene, result: TakenIn) -> None:
    """Let the scene's page say what came from its folder, unless the scene is new."""
    if not result.words or not scene.mirrored_version:
        return
    logger.warning("mirror %s: %s taken in from its folder, which is newer than the database", scene.path, result.words)
    scene.taken_in = result.words
    scene.taken_in_at = timezone.now()
    scene.save(update_fields=["taken_in", "taken_in_at"])


def _is_newer(scene: Scene, data: dict[str, Any]) -> bool:
    rows = Scene.objects.filter(pk=scene.pk)
    (current,) = scene_dicts(rows)
    return write.knows_more(data, rows.prefetch_related("assets")[0], current)


def _set_aside(path: Path) -> None:
    """Keep a scene.json whose entries make no rows in the trash: the next one shows only rows."""

    # before the hook of write.changed(), which writes the new one
    def set_aside() -> None:
        kept = move_to_trash(path, path.parent / TRASH)
        logger.warning("mirror %s has entries that make no rows; it is kept as %s", path, kept)

    transaction.on_commit(set_aside, robust=True)
