"""Folders of projects and scenes on their way to the trash and back. Slugs and scene numbers are never used again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from projects.disk.layout import TRASH, make_scene_folders
from projects.disk.trash import find_in_trash, move_to_trash
from projects.mirror.locks import project_files_locked, scene_file_locked
from projects.models import Project, Scene
from projects.text.json_input import load_kept_json

logger = logging.getLogger("dailies.mirror")


def finish_trashing() -> int:
    """Move the folders whose rows are in the trash and that still lie in their place; return how many moved."""
    projects = Project.objects.exclude(trashed_at=None)
    # of a deleted project the whole folder moves
    scenes = Scene.objects.exclude(trashed_at=None).filter(project__trashed_at=None).select_related("project")
    return sum(trash_project(project) for project in projects) + sum(trash_scene(scene) for scene in scenes)


def trash_project(project: Project) -> bool:
    """Move its folder to `PROJECTS_ROOT/.trash`; False when that is left to the next start, or was undone."""
    return _to_trash(project.path, project_files_locked(), Project.objects.filter(pk=project.pk))


def trash_scene(scene: Scene) -> bool:
    """Move its folder to the project's `.trash`, not while its scene.json is being written."""
    if not scene.path.exists():
        return False
    # the lock file is in `metadata`, which a person may have removed
    make_scene_folders(scene.path)
    return _to_trash(scene.path, scene_file_locked(scene), Scene.objects.filter(pk=scene.pk))


def _to_trash(path: Path, lock: AbstractContextManager[None], row: QuerySet[Any]) -> bool:
    try:
        with lock:
            # asked again under the lock: the person may have undone the deletion meanwhile
            if row.filter(trashed_at=None).exists():
                return False
            move_to_trash(path, path.parent / TRASH)
    except FileNotFoundError:
        return False
    except OSError as error:
        # the row is in the trash, which is what counts; the next start moves the folder
        logger.warning("mirror %s not moved to the trash: %s", path, error)
        return False
    return True


@contextmanager
def scene_held(scene: Scene) -> Iterator[None]:
    """Keep the scene's folder from moving to the trash meanwhile; one that lies there already is not locked."""
    with ExitStack() as stack:
        with suppress(FileNotFoundError):
            stack.enter_context(scene_file_locked(scene))
        yield


def folder_in_trash(path: Path, file: str) -> Path | None:
    """Return where the folder of a project or scene lies in the trash, by the id in its own `file` (scene.json …)."""
    # by the id in the file: a folder that was deleted and restored several times has a number behind its name
    ids = {folder: _id_in(folder / file) for folder in find_in_trash(path.parent / TRASH, path.name)}
    matching = [folder for folder in ids if ids[folder] == path.name]
    if matching:
        return matching[0]
    # without a readable file it may still be it, by the name of the folder itself
    same_name = path.parent / TRASH / path.name
    return same_name if same_name in ids and ids[same_name] is None else None


def _id_in(path: Path) -> object:
    try:
        data = load_kept_json(path.read_bytes())
    except (OSError, ValueError):
        return None
    return data.get("id") if isinstance(data, dict) else None
