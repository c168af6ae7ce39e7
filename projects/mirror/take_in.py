"""A scene's scene.json to its rows, where the file knows more: for a database that is lost or from a backup."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.disk.layout import FOLDER_BY_KIND, TRASH
from projects.disk.names import checked_name
from projects.disk.trash import move_to_trash
from projects.mirror import contributions, copied, evidence, write
from projects.mirror.deleted_files import restore_deleted
from projects.mirror.parse import entries, moment, read_json
from projects.mirror.scene_file import SCENE_FILE, scene_dicts
from projects.mirror.scenes_ahead import SceneAhead
from projects.mirror.settle import settle_scene
from projects.mirror.stored_files import add_rows, are_exact, files_without_row
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
        takes = ngettext("{count} take", "{count} takes", self.jobs).format(count=self.jobs)
        files = ngettext("{count} file", "{count} files", self.files).format(count=self.files)
        if self.jobs and self.files:
            return _("{takes} and {files}").format(takes=takes, files=files)
        return takes if self.jobs else files if self.files else ""


def take_in(
    scene: Scene, folder: Path | None = None, stored: dict[str, Any] | None = None, ahead: SceneAhead | None = None
) -> TakenIn:
    """Bring the rows of a scene up to its scene.json, and write it anew; doing it again changes nothing more.

    Jobs without a row get one, and those that the file knows in a later state are moved there. `folder` is where the
    scene's folder lies, when that is in the trash, `stored` its scene.json, where the caller has read it, and `ahead`
    has the hashes of its files, where they were begun.
    """
    folder = folder or scene.path
    result = TakenIn()
    if stored is None:
        stored = read_json(folder / "metadata" / SCENE_FILE, result.notes)
    data = copied.relocated(scene, stored)
    # outside of the transaction, which blocks other writers: a large file takes a while
    files = files_without_row(scene, folder, data, result.notes, ahead)
    with transaction.atomic():
        scene = Scene.objects.select_for_update(no_key=True, of=("self",)).select_related("project").get(pk=scene.pk)
        is_new = not scene.mirrored_version
        is_newer = is_new or _is_newer(scene, data)
        if scene.mirrored_version and evidence.number(data.get("version")) > scene.version:
            _correct_scene(scene, folder, data)
        added = add_rows(scene, files, result.notes)
        result.files += added
        restore_deleted(scene, folder / "metadata", result.notes)
        # after the files, to which jobs refer
        jobs = contributions.jobs().restore_jobs(scene, folder, data, result.notes)
        result.jobs = jobs.count
        _raise_numbers(scene, evidence.number(data.get("version")), jobs.highest)
        _note_result(scene, result)
        is_whole = added == len(entries(data, "assets", *FOLDER_BY_KIND.values())) and are_exact(files)
        if is_new and not result.notes and is_whole and settle_scene(scene, data):
            return result
        if _is_newer(scene, data):
            _set_aside(folder / "metadata" / SCENE_FILE)
        if is_new and data:
            # written in today's format, and not changed by anybody
            Scene.objects.filter(pk=scene.pk).update(updated_at=moment(data.get("updatedAt"), scene.updated_at))
            write.write_after_commit(scene)
        elif is_newer or result.words:
            write.changed(scene)
    return result


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
