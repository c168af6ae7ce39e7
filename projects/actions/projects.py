"""What a person can do. Each in its own transaction; who may is asked by the caller.

Projects and scenes are here, files in `assets.py`; callers find both here.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from projects import mirror
from projects.disk.layout import make_scene_folders
from projects.disk.names import checked_name, project_slug
from projects.disk.trash import move_out_of_trash
from projects.live import publish
from projects.mirror import contributions, trash
from projects.mirror.locks import project_files_locked
from projects.models import Membership, Project, Scene
from projects.models.locks import locked_in_trash, locked_project, locked_scene
from projects.problems import conflict, wrong_field


def create_project(owner: User, name: str) -> Project:
    """A second project of the same name gets a second slug."""
    name = checked_name(name)
    slug = _claim_slug(name)
    try:
        with transaction.atomic():
            project = Project.objects.create(slug=slug, name=name)
            Membership.objects.create(project=project, user=owner, role=Membership.Role.OWNER, may_spend=True)
            mirror.changed_project(project)
    except BaseException:
        # still empty: nobody knew of it
        (Path(settings.PROJECTS_ROOT) / slug).rmdir()
        raise
    return project


def _claim_slug(name: str) -> str:
    """Making the folder is the claim: of two at once only one can. A crash now leaves an empty folder, no more."""
    root = Path(settings.PROJECTS_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    while True:
        slug = project_slug(name, lambda slug: (root / slug).exists() or Project.objects.filter(slug=slug).exists())
        try:
            (root / slug).mkdir()
        except FileExistsError:
            continue
        return slug


def rename_project(project: Project, name: str) -> None:
    """The slug and the folder stay as they are."""
    project.name = checked_name(name)
    with transaction.atomic():
        project.save(update_fields=["name"])
        mirror.changed_project(project)


def trash_project(project: Project) -> None:
    """Problem 409 while a job of it is unfinished. The folder moves after the commit, or at the next start."""
    with transaction.atomic():
        project = locked_project(project)
        if contributions.jobs().is_busy(project):
            raise conflict("This project has unfinished takes: wait for them or cancel them first.", "unfinished_jobs")
        project.trashed_at = timezone.now()
        project.save(update_fields=["trashed_at"])

        def move() -> None:
            trash.trash_project(project)

        transaction.on_commit(move, robust=True)


def restore_project(project: Project) -> None:
    """Out of the trash, with its folder. Problem 409 where that cannot be done; then all stays as it was."""
    # the folder before the row: what a crash leaves between goes back to the trash at the next start
    with project_files_locked(), transaction.atomic():
        project = locked_in_trash(project)
        _bring_back(project.path, mirror.PROJECT_FILE, "project")
        Project.objects.filter(pk=project.pk).update(trashed_at=None)
    # only now: the mirror needs what was held
    mirror.changed_project(project)


def _bring_back(path: Path, file: str, what: str) -> None:
    """The folder to its place, unless it has never left it."""
    found = trash.folder_in_trash(path, file)
    if found is None and not path.is_dir():
        message = f"The folder of this {what} is no longer in the trash, so it cannot be restored."
        raise conflict(message, "trash_emptied")
    try:
        if found is not None:
            move_out_of_trash(found, path)
    except FileExistsError:
        where = f"A folder {path.name} stands where the {what} was"
        raise conflict(f"{where}: move it elsewhere, then restore the {what} once more.", "place_taken") from None


def create_scene(project: Project, name: str | None = None) -> Scene:
    """The next scene, at the end, with its five folders."""
    name = None if name is None else checked_name(name)
    with transaction.atomic():
        project = locked_project(project)
        number = project.next_scene_number
        # a folder that somebody made by hand is theirs
        while (project.path / f"scene-{number}").exists():
            number += 1
        project.next_scene_number = number + 1
        project.save(update_fields=["next_scene_number"])
        position = project.scenes.filter(trashed_at=None).count() + 1
        scene = Scene.objects.create(project=project, number=number, name=name or f"Scene {number}", position=position)
        # before the commit: a crash leaves empty folders, and never a scene without them
        make_scene_folders(scene.path)
        mirror.changed(scene)
        mirror.changed_project(project)
        publish.storyboard_changed(project)
    return scene


def change_scene(scene: Scene, *, name: str | None = None, position: int | None = None) -> None:
    """`position` counts from 1; the other scenes make room."""
    name = None if name is None else checked_name(name)
    with transaction.atomic():
        project = locked_project(scene.project)
        if name is not None:
            scene.name = name
            scene.save(update_fields=["name"])
        if position is not None:
            _move(project, scene, position)
        mirror.changed(scene)
        publish.storyboard_changed(project, scene if position is None else None)


def _move(project: Project, scene: Scene, position: int) -> None:
    order = list(project.scenes.filter(trashed_at=None))
    if isinstance(position, bool) or not 1 <= position <= len(order):
        raise wrong_field("position", f"position must be a whole number from 1 to {len(order)}.")
    order.remove(scene)
    order.insert(position - 1, scene)
    scene.position = position
    _number(order)
    mirror.changed_project(project)


def _number(order: list[Scene]) -> None:
    """Positions 1 to n without a gap; only what moves is written."""
    for position, scene in enumerate(order, start=1):
        if Scene.objects.filter(pk=scene.pk).exclude(position=position).update(position=position):
            mirror.changed(scene)


def trash_scene(scene: Scene) -> None:
    """Problem 409 while a job of it is unfinished. The folder moves after the commit, or at the next start."""
    with transaction.atomic():
        project = locked_project(scene.project)
        locked_scene(scene)
        if contributions.jobs().is_busy(scene):
            raise conflict("This scene has unfinished takes: wait for them or cancel them first.", "unfinished_jobs")
        Scene.objects.filter(pk=scene.pk).update(trashed_at=timezone.now(), updated_at=timezone.now())
        _number(list(project.scenes.filter(trashed_at=None)))
        mirror.changed_project(project)
        publish.storyboard_changed(project)

        def move() -> None:
            trash.trash_scene(scene)

        transaction.on_commit(move, robust=True)


def restore_scene(scene: Scene) -> None:
    """Out of the trash, with its folder, to its old place in the film. Problem 409 where that cannot be done."""
    with trash.scene_held(scene), transaction.atomic():
        locked_project(scene.project)
        scene = locked_in_trash(scene)
        _bring_back(scene.path, f"metadata/{mirror.SCENE_FILE}", "scene")
        Scene.objects.filter(pk=scene.pk).update(trashed_at=None)
    # only now: the mirror needs what was held
    with transaction.atomic():
        project = locked_project(scene.project)
        order = [other for other in project.scenes.filter(trashed_at=None) if other != scene]
        order.insert(scene.position - 1, scene)
        _number(order)
        mirror.changed(scene)
        mirror.changed_project(project)
        publish.storyboard_changed(project)
