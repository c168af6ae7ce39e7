"""Rows to scene.json and project.json. Rows lead, but a file that knows more than they do is never overwritten.

A file that was missed is written by the next `write_behind()` of `projects/mirror/repair.py`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from projects.disk.atomic import write_all_atomically, write_atomically
from projects.disk.layout import make_scene_folders
from projects.disk.tree import list_files
from projects.mirror import contributions, evidence
from projects.mirror.contributions import SceneFiles
from projects.mirror.deleted_files import write_deleted
from projects.mirror.followers import followers
from projects.mirror.locks import project_files_locked, scene_file_locked
from projects.mirror.moved import without_moved
from projects.mirror.parse import read_json
from projects.mirror.records import write_records
from projects.mirror.scene_file import PROJECT_FILE, SCENE_FILE, project_dict, scene_dict, with_contributions
from projects.models import Project, Scene
from projects.text.document import SCHEMA, as_json
from projects.text.json_input import load_kept_json

logger = logging.getLogger("dailies.mirror")

# a file is written within milliseconds
LOCK_SECONDS = 2.0
HUNG_SECONDS = 5.0
# by the key of the scene, in seconds of the monotonic clock
_hung_until: dict[int, float] = {}


class FolderIsNewer(Exception):
    """The scene.json on disk knows what the rows do not: it is taken in before anything is written over it."""


def changed(scene: Scene) -> None:
    """Note, in the transaction that changed what scene.json shows, that it is to be written after the commit."""
    # in the same transaction as the change: what happens to the file afterwards, the row says that it is behind
    Scene.objects.filter(pk=scene.pk).update(version=F("version") + 1, updated_at=timezone.now())
    _after_commit(write_scene, scene.pk)


def write_after_commit(scene: Scene) -> None:
    """Write scene.json of a scene that has never been written, in its transaction; it does not count as a change."""
    _after_commit(write_scene, scene.pk)


def changed_project(project: Project) -> None:
    """Do the same for project.json: the project's name, or the order of its scenes."""
    Project.objects.filter(pk=project.pk).update(updated_at=timezone.now())
    _after_commit(write_project, project.pk)


def changed_document(project: Project) -> None:
    """Note, in the transaction that changed it, that a document beside project.json, or its members, has changed.

    Unlike `changed_project()` it does not count as a change of the project itself.
    """
    _after_commit(write_project, project.pk)


def _after_commit(write: Callable[[int], object], key: int) -> None:
    # an inner function: Django 5.2 cannot log a failing functools.partial
    def mirror() -> None:
        try:
            write(key)
        except (FolderIsNewer, TimeoutError) as error:
            # the row stays behind, so the next sweep takes the scene in, or writes it
            logger.warning("mirror %s", error)

    # robust: the rows are committed, so the caller has succeeded whatever the disk says
    transaction.on_commit(mirror, robust=True)


def write_scene(scene_pk: int) -> bool:
    """Write scene.json if it is behind; one writer per scene at a time, and never an older version over a newer.

    Raise FolderIsNewer, and write nothing, where the file on disk knows what the rows do not, and TimeoutError where
    another writer hangs.
    """
    # most often there is nothing to do: one change is often noted twice in its transaction
    behind = _scene(scene_pk).filter(mirrored_version__lt=F("version")).select_related("project").first()
    if behind is None:
        return False
    try:
        make_folders(behind)
        with _locked_briefly(behind):
            # read again: whoever held the lock may have written it, or moved the scene to the trash
            for scene, contribution in with_contributions(_scene(scene_pk)):
                if scene.mirrored_version < scene.version:
                    _write(scene, contribution)
                    return True
    except FileNotFoundError:
        # its project was moved to the trash meanwhile
        if _scene(scene_pk).exists():
            raise
    return False


def make_folders(scene: Scene) -> None:
    """Make the folders of a scene that are missing, and its project's where a person has removed that.

    Raise FileNotFoundError where the project is in the trash: no writer makes its folder in the old place again.
    """
    if not scene.project.path.is_dir():
        write_project(scene.project_id)
    make_scene_folders(scene.path)


@contextmanager
def _locked_briefly(scene: Scene) -> Iterator[None]:
    """Wait a moment for the file. A writer that hangs must not stop those who have other things to do: the sweep, too.

    Who has waited for it in vain does not wait again for a while.
    """
    seconds = 0.0 if time.monotonic() < _hung_until.get(scene.pk, 0.0) else LOCK_SECONDS
    with ExitStack() as stack:
        try:
            stack.enter_context(scene_file_locked(scene, seconds))
        except TimeoutError:
            _hung_until[scene.pk] = time.monotonic() + HUNG_SECONDS
            raise
        yield


def _write(scene: Scene, contribution: SceneFiles) -> None:
    folder = scene.path / "metadata"
    current = scene_dict(scene, contribution)
    notes: list[str] = []
    if knows_more(read_json(folder / SCENE_FILE, notes), scene, current):
        raise FolderIsNewer(f"{folder / SCENE_FILE} is newer than the database and is not overwritten")
    for note in notes:
        logger.warning("mirror %s", note)
    # in this order: a crash may leave out the later ones, and then the row stays behind and all are written again
    content = {SCENE_FILE: as_json({"schema": SCHEMA, **current}), **_new_sidecars(folder, contribution)}
    write_all_atomically(folder, content)
    write_records(folder, contribution.records)
    write_deleted(scene)
    # before the row counts as written: after a crash in between, both are written again
    _note_change(scene.project_id)
    Scene.objects.filter(pk=scene.pk).update(mirrored_version=scene.version)


def knows_more(stored: dict[str, Any], scene: Scene, current: dict[str, Any]) -> bool:
    """Return whether the stored scene.json knows what the rows do not, which say `current`."""
    # files in the trash have rows, too
    assets = {str(asset.pk) for asset in scene.assets.all()}
    return bool(stored) and evidence.knows_more(without_moved(stored, scene, current), current, assets)


def _new_sidecars(folder: Path, contribution: SceneFiles) -> dict[str, bytes]:
    """Return the records of generated files that are missing: each is written once and never changed."""
    existing = {path.name for path in list_files(folder)}
    return {name: as_json(build()) for name, build in contribution.sidecars.items() if name not in existing}


def write_project(project_pk: int) -> bool:
    """Write project.json unless it says the same already."""
    with project_files_locked():
        project = Project.objects.filter(pk=project_pk, trashed_at=None).first()
        if project is None:
            return False
        path = project.path / PROJECT_FILE
        stored = read_json(path, [])
        _raise_next_number(project, evidence.number(stored.get("nextSceneNumber")))
        documents = {PROJECT_FILE: project_dict(project)}
        for each in contributions.documents():
            if (data := each.document(project)) is not None:
                documents[each.name] = {"schema": SCHEMA, **data}
        return _write_changed(project, documents)


def write_document(project_pk: int, name: str) -> bool:
    """Write one document beside project.json unless it says the same already, or its project has no folder."""
    document = next(each for each in contributions.documents() if each.name == name)
    with project_files_locked():
        project = Project.objects.filter(pk=project_pk, trashed_at=None).first()
        if project is None or not project.path.is_dir() or (data := document.document(project)) is None:
            return False
        return _write_changed(project, {name: {"schema": SCHEMA, **data}})


def _write_changed(project: Project, documents: dict[str, dict[str, Any]]) -> bool:
    # at every start each project comes here; unchanged files keep their time, so that backups skip them
    changed = [name for name, data in documents.items() if _stored(project.path / name) != data]
    if PROJECT_FILE in changed:
        _note_change(project.pk)
    for name in changed:
        write_atomically(project.path / name, as_json(documents[name]))
    return bool(changed)


def _stored(path: Path) -> object:
    try:
        return load_kept_json(path.read_bytes())
    except (OSError, ValueError):
        return None


def _note_change(project_pk: int) -> None:
    for follower in followers():
        follower.note_change(project_pk)


def _raise_next_number(project: Project, number: int) -> None:
    """Let the next scene have at least this number: the file may know scenes that a restored database does not."""
    if Project.objects.filter(pk=project.pk, next_scene_number__lt=number).update(next_scene_number=number):
        project.next_scene_number = number


def _scene(scene_pk: int) -> QuerySet[Scene]:
    return Scene.objects.filter(pk=scene_pk, trashed_at=None, project__trashed_at=None)
