"""A project's folder to rows: scenes that rows do not know, what came from the trash or went there, and the order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.disk.layout import TRASH, scene_number
from projects.disk.tree import list_folders
from projects.mirror import evidence, write
from projects.mirror.parse import moment, read_json
from projects.mirror.scene_file import PROJECT_FILE, SCENE_FILE
from projects.mirror.scenes_ahead import read_ahead
from projects.mirror.take_in import TakenIn, name_in, tags_in, take_in
from projects.mirror.trash import folder_in_trash
from projects.models import Project, Scene
from projects.models.locks import lock_scenes_of
from projects.text.document import check_schema

# times in files have milliseconds, those of rows have microseconds
_ROUNDING = timedelta(milliseconds=2)


def take_in_project(project: Project, *, rebuild: bool = False) -> TakenIn:
    """Bring the rows of a project up to its folder, where the folder is newer; `rebuild` looks into every scene.

    Folders of scenes that have no scene.json of ours get rows with `rebuild` alone.
    """
    result = TakenIn()
    folder = project.path if project.path.is_dir() else folder_in_trash(project.path, PROJECT_FILE)
    if folder is None:
        return result
    data = read_json(folder / PROJECT_FILE, result.notes)
    is_newer = bool(data) and moment(data.get("updatedAt"), project.updated_at) > project.updated_at + _ROUNDING
    _correct_trash(project, folder, is_newer=is_newer)
    if project.trashed_at and folder == project.path:
        # deleted, and on its way to the trash
        return result
    # in one query, since each start looks at every scene
    scenes = {scene.number: scene for scene in project.scenes.all()}
    for number, scene_folder, ahead in read_ahead(sorted(_scene_folders(project, folder)), scenes):
        stored = None
        if number in scenes:
            scene = _changed_scene(scenes[number], scene_folder, rebuild=rebuild)
        else:
            stored = ahead.stored if ahead else read_json(scene_folder / "metadata" / SCENE_FILE, result.notes)
            scene = _make_scene(project, number, scene_folder, stored, rebuild=rebuild)
            result.scenes += scene is not None
        if scene:
            result.add(take_in(scene, scene_folder, stored, ahead))
    if is_newer or result.scenes:
        _correct_project(project, data, is_newer=is_newer)
    return result


def _correct_trash(project: Project, folder: Path, *, is_newer: bool) -> None:
    """Note that people deleted or restored the project since the backup."""
    if folder != project.path and not project.trashed_at:
        project.trashed_at = timezone.now()
    elif folder == project.path and project.trashed_at and is_newer:
        project.trashed_at = None
    else:
        return
    project.save(update_fields=["trashed_at"])


def _scene_folders(project: Project, folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield the number and the place of each scene's folder; those in the trash only where none is in its place."""
    # without links, which might lead out of the project
    in_place = {number for path in list_folders(folder) if (number := scene_number(path.name))}
    yield from ((number, folder / f"scene-{number}") for number in in_place)
    trash = folder / TRASH
    names = {path.name for path in trash.iterdir()} if trash.is_dir() else set()
    # `free_name` puts a number behind the name of a folder that was deleted more than once
    for number in {number for name in names if (number := scene_number("-".join(name.split("-")[:2])))} - in_place:
        if path := folder_in_trash(folder / f"scene-{number}", f"metadata/{SCENE_FILE}"):
            yield number, path


def _changed_scene(scene: Scene, folder: Path, *, rebuild: bool) -> Scene | None:
    """Return a scene whose row may be behind its folder, moved to or from the trash as that is; None for any other."""
    is_in_trash = folder.parent.name == TRASH
    stored = evidence.stored_version(folder / "metadata" / SCENE_FILE)
    if not rebuild and stored in (0, scene.mirrored_version) and is_in_trash == bool(scene.trashed_at):
        return None
    if scene.trashed_at and not is_in_trash and (stored or 0) <= scene.version:
        # deleted, and on its way to the trash
        return None
    if is_in_trash != bool(scene.trashed_at):
        scene.trashed_at = timezone.now() if is_in_trash else None
        scene.save(update_fields=["trashed_at"])
    return scene


def _make_scene(project: Project, number: int, folder: Path, data: dict[str, Any], *, rebuild: bool) -> Scene | None:
    """Make the row of a scene. Return None for a folder that was made by hand, unless the rows are made anew."""
    is_in_trash = folder.parent.name == TRASH
    check_schema(data, f"{folder.name}/metadata/{SCENE_FILE}")
    is_ours = data.get("id") == f"scene-{number}" and data.get("projectId") == project.slug
    if not is_ours and (is_in_trash or not rebuild):
        return None
    return Scene.objects.create(
        project=project,
        number=number,
        name=name_in(data, _("Scene {number}").format(number=number)),
        position=evidence.number(data.get("position")) or project.scenes.filter(trashed_at=None).count() + 1,
        created_at=moment(data.get("createdAt")),
        trashed_at=timezone.now() if is_in_trash else None,
        **tags_in(data),
    )


def _correct_project(project: Project, data: dict[str, Any], *, is_newer: bool) -> None:
    """Take over name and order of a project.json; a number of a scene is never used twice."""
    names = data.get("scenes")
    order = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    with transaction.atomic():
        lock_scenes_of(project)
        scenes = project.scenes.filter(trashed_at=None)
        for position, scene in enumerate(sorted(scenes, key=lambda scene: _place(scene, order)), start=1):
            if scene.position != position:
                Scene.objects.filter(pk=scene.pk).update(position=position)
                write.changed(scene)
        highest = project.scenes.order_by("-number").values_list("number", flat=True).first() or 0
        next_number = max(project.next_scene_number, evidence.number(data.get("nextSceneNumber")), highest + 1)
        name = name_in(data, project.name) if is_newer else project.name
        Project.objects.filter(pk=project.pk).update(name=name, next_scene_number=next_number)
        write.changed_project(project)


def _place(scene: Scene, order: list[str]) -> tuple[int, int]:
    """Scenes that project.json does not name come last, by number."""
    return (order.index(scene.folder_name) if scene.folder_name in order else len(order)), scene.number
