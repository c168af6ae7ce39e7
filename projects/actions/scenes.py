"""What a person can do with scenes. Each action has its own transaction; the caller asks who may."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import mirror
from projects.access import audit
from projects.actions.restore import restore_folder
from projects.disk.layout import make_scene_folders
from projects.disk.names import checked_name
from projects.live import publish
from projects.mirror import contributions, trash
from projects.models import Project, Scene
from projects.models.locks import lock_scenes_of, locked_in_trash, locked_project, locked_scene
from projects.problems import FieldProblem, conflict, wrong_field, wrong_fields


def create_scene(project: Project, name: str | None = None) -> Scene:
    """Create the next scene, at the end, with its five folders."""
    name = None if name is None else checked_name(name)
    with transaction.atomic():
        project = locked_project(project)
        number = project.next_scene_number
        # a folder that was made by hand is left alone
        while (project.path / f"scene-{number}").exists():
            number += 1
        # also past numbers of folders that were made by hand, so that none is tried twice
        project.next_scene_number = number + 1
        project.save(update_fields=["next_scene_number"])
        position = project.scenes.filter(trashed_at=None).count() + 1
        scene = Scene.objects.create(
            project=project, number=number, name=name or _("Scene {number}").format(number=number), position=position
        )
        # before the commit: a crash leaves empty folders, never a scene without them
        project.path.mkdir(exist_ok=True)
        make_scene_folders(scene.path)
        mirror.changed(scene)
        mirror.changed_project(project)
        publish.publish_storyboard_change(project)
    return scene


def change_scene(
    scene: Scene,
    *,
    name: str | None = None,
    position: int | None = None,
    review_status: str | None = None,
    color: str | None = None,
) -> None:
    """Rename, tag or move a scene; `position` counts from 1, and the other scenes make room.

    Raise Problem 422 for a value that a scene cannot have.
    """
    name = None if name is None else checked_name(name)
    tags = checked_tags(review_status, color)
    with transaction.atomic():
        project = locked_project(scene.project)
        lock_scenes_of(project)
        if name is not None:
            scene.name = name
            scene.save(update_fields=["name"])
        for column, value in tags.items():
            setattr(scene, column, value)
        scene.save(update_fields=list(tags))
        if position is not None:
            _move(project, scene, position)
        mirror.changed(scene)
        # a move changes the numbers of other cards, so the page fetches all of them
        publish.publish_storyboard_change(project, scene if position is None else None)


def checked_tags(review_status: str | None = None, color: str | None = None) -> dict[str, str]:
    """Return the values by column, without those that are None. Problem 422 names the values that there are."""
    given = {"reviewStatus": review_status, "color": color}
    allowed = {"reviewStatus": Scene.ReviewStatus.values, "color": Scene.Color.values}
    wrong = [
        FieldProblem(field, _("{field} must be one of {names}.").format(field=field, names=", ".join(allowed[field])))
        for field, value in given.items()
        if value is not None and value not in allowed[field]
    ]
    if wrong:
        raise wrong_fields(*wrong)
    columns = {"review_status": review_status, "color": color}
    return {column: value for column, value in columns.items() if value is not None}


def _move(project: Project, scene: Scene, position: int) -> None:
    # the project is locked, so nobody else numbers its scenes at the same time
    order = list(project.scenes.filter(trashed_at=None))
    if isinstance(position, bool) or not 1 <= position <= len(order):
        raise wrong_field("position", _("position must be a whole number from 1 to {count}.").format(count=len(order)))
    order.remove(scene)
    order.insert(position - 1, scene)
    scene.position = position
    number_scenes(order)
    mirror.changed_project(project)


def number_scenes(order: Sequence[Scene]) -> None:
    """Set the positions 1 to n of locked scenes; only those that move are written."""
    for position, scene in enumerate(order, start=1):
        # each scene that is written also has its scene.json written
        if Scene.objects.filter(pk=scene.pk).exclude(position=position).update(position=position):
            mirror.changed(scene)


def trash_scene(scene: Scene, by: User | None = None) -> None:
    """Move a scene to the trash; `by` is who did it. Problem 409 while a job of it is unfinished.

    The folder moves after the commit, or at the next start.
    """
    with transaction.atomic():
        project = locked_project(scene.project)
        lock_scenes_of(project)
        locked_scene(scene)
        if contributions.jobs().is_busy(scene):
            raise conflict(
                _("This scene has unfinished takes: wait for them, or cancel them first."), "unfinished_jobs"
            )
        Scene.objects.filter(pk=scene.pk).update(trashed_at=timezone.now(), trashed_by=by, updated_at=timezone.now())
        number_scenes(list(project.scenes.filter(trashed_at=None)))
        audit.enter(audit.Action.DELETED, by, scene.name, project)
        mirror.changed_project(project)
        publish.publish_storyboard_change(project)

        def move() -> None:
            trash.trash_scene(scene)

        transaction.on_commit(move, robust=True)


def restore_scene(scene: Scene, by: User | None = None) -> None:
    """Restore a scene from the trash with its folder, at its old position. Problem 409 where that is impossible."""
    # the lock first: a transaction that waits for a lock file would hold up every writer
    with trash.scene_held(scene), transaction.atomic():
        locked_project(scene.project)
        scene = locked_in_trash(scene)
        restore_folder(scene.path, f"metadata/{mirror.SCENE_FILE}", "scene")
        Scene.objects.filter(pk=scene.pk).update(trashed_at=None)
        audit.enter(audit.Action.RESTORED, by, scene.name, scene.project)
    # after the lock is released: writing scene.json needs it
    with transaction.atomic():
        project = locked_project(scene.project)
        lock_scenes_of(project)
        order = [other for other in project.scenes.filter(trashed_at=None) if other != scene]
        order.insert(scene.position - 1, scene)
        number_scenes(order)
        mirror.changed(scene)
        mirror.changed_project(project)
        publish.publish_storyboard_change(project)
