"""Rows to scene.json and project.json. Rows lead; a file that was missed is written by the next `write_behind()`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from projects.disk.atomic import remove_abandoned, write_all_atomically, write_atomically
from projects.disk.layout import make_scene_folders
from projects.disk.tree import list_files
from projects.mirror.contributions import SceneFiles
from projects.mirror.locks import project_files_locked, scene_file_locked
from projects.mirror.scene_file import PROJECT_FILE, SCENE_FILE, project_dict, scene_dict, with_contributions
from projects.mirror.trash import finish_trashing
from projects.models import Project, Scene

logger = logging.getLogger("dailies.mirror")


def changed(scene: Scene) -> None:
    """Note, in the transaction that changed what scene.json shows, that it is to be written after the commit."""
    # in the same transaction as the change: what happens to the file afterwards, the row says that it is behind
    Scene.objects.filter(pk=scene.pk).update(version=F("version") + 1, updated_at=timezone.now())
    _after_commit(write_scene, scene.pk)


def changed_project(project: Project) -> None:
    """Do the same for project.json: the project's name, or the order of its scenes."""
    Project.objects.filter(pk=project.pk).update(updated_at=timezone.now())
    _after_commit(write_project, project.pk)


def _after_commit(write: Callable[[int], object], key: int) -> None:
    # an inner function: Django 5.2 cannot log a failing functools.partial
    def mirror() -> None:
        write(key)

    # robust: the rows are committed, so the caller has succeeded whatever the disk says
    transaction.on_commit(mirror, robust=True)


def write_behind() -> int:
    """Write every scene.json that is older than its row; return how many were written."""
    behind = Scene.objects.filter(trashed_at=None, project__trashed_at=None, mirrored_version__lt=F("version"))
    written = 0
    for key in behind.values_list("pk", flat=True):
        try:
            # one that cannot be written, such as in a folder without rights, must not hold up the others
            written += write_scene(key)
        except OSError as error:
            logger.warning("mirror scene=%s not written: %s", key, error)
    return written


def write_scene(scene_pk: int) -> bool:
    """Write scene.json if it is behind; one writer per scene at a time, and never an older version over a newer."""
    # most often there is nothing to do: one change is often noted twice in its transaction
    behind = _scene(scene_pk).filter(mirrored_version__lt=F("version")).select_related("project").first()
    if behind is None:
        return False
    make_scene_folders(behind.path)
    with scene_file_locked(behind):
        # read again: whoever held the lock may have written it, or moved the scene to the trash
        for scene, contribution in with_contributions(_scene(scene_pk)):
            if scene.mirrored_version < scene.version:
                _write(scene, contribution)
                return True
    return False


def _write(scene: Scene, contribution: SceneFiles) -> None:
    folder = scene.path / "metadata"
    # in this order: a crash may leave out the later ones, and then the row stays behind and all are written again
    content = {SCENE_FILE: _as_json(scene_dict(scene, contribution)), **_new_sidecars(folder, contribution)}
    write_all_atomically(folder, content)
    Scene.objects.filter(pk=scene.pk).update(mirrored_version=scene.version)


def _new_sidecars(folder: Path, contribution: SceneFiles) -> dict[str, bytes]:
    """Return the records of generated files that are missing: each is written once and never changed."""
    existing = {path.name for path in list_files(folder)}
    return {name: _as_json(build()) for name, build in contribution.sidecars.items() if name not in existing}


def write_project(project_pk: int) -> bool:
    """Write project.json unless it says the same already."""
    with project_files_locked():
        project = Project.objects.filter(pk=project_pk, trashed_at=None).first()
        if project is None:
            return False
        path = project.path / PROJECT_FILE
        data = _as_json(project_dict(project))
        # at every start each project comes here; unchanged files keep their time, so that backups skip them
        if path.is_file() and path.read_bytes() == data:
            return False
        write_atomically(path, data)
    return True


def at_start() -> None:
    """Finish what a crash may have left half done: temporary files, folders on their way to the trash, old files."""
    for root in (Path(settings.PROJECTS_ROOT), Path(settings.DATA_DIR) / "cache"):
        # a process that still writes one holds its lock, and that one stays
        remove_abandoned(root)
    finish_trashing()
    for key in Project.objects.filter(trashed_at=None).values_list("pk", flat=True):
        try:
            write_project(key)
        except OSError as error:
            logger.warning("mirror project=%s not written: %s", key, error)
    write_behind()


def _scene(scene_pk: int) -> QuerySet[Scene]:
    return Scene.objects.filter(pk=scene_pk, trashed_at=None, project__trashed_at=None)


def _as_json(data: dict[str, Any]) -> bytes:
    # indented and in plain letters, since people read it; a lone surrogate from a file's name becomes a question mark
    return json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"
