"""Row locks that last until the end of the transaction.

Always lock the project before its scene: in the opposite order two transactions wait for each other (a deadlock).
"""

from __future__ import annotations

from typing import TypeVar

from projects.models import Asset, Project, Scene
from projects.problems import not_found

Row = TypeVar("Row", Project, Scene, Asset)


def locked_project(project: Project) -> Project:
    """Lock a project and return its row. Problem 404 if it was deleted in the meantime."""
    # no_key: adding a row that refers to this one need not wait
    locked = Project.objects.select_for_update(no_key=True).filter(pk=project.pk, trashed_at=None).first()
    if locked is None:
        raise not_found("project")
    return locked


def locked_scene(scene: Scene) -> Scene:
    """Lock a scene and return its row. Problem 404 if it was deleted in the meantime."""
    scenes = Scene.objects.select_related("project").filter(pk=scene.pk, trashed_at=None, project__trashed_at=None)
    locked = scenes.select_for_update(no_key=True, of=("self",)).first()
    if locked is None:
        raise not_found("scene")
    return locked


def locked_in_trash(row: Row) -> Row:
    """Lock a row that is in the trash and return it. Problem 404 if it was restored in the meantime."""
    trashed = type(row)._default_manager.select_for_update(no_key=True, of=("self",)).exclude(trashed_at=None)
    locked = trashed.filter(pk=row.pk).first()
    if locked is None:
        raise not_found(f"{type(row).__name__.lower()} in the trash")
    return locked
