"""Rows held to the end of a transaction. Always the project before its scene: two who wait for each other never end."""

from __future__ import annotations

from typing import TypeVar

from projects.models import Asset, Project, Scene
from projects.problems import not_found

Row = TypeVar("Row", Project, Scene, Asset)


def locked_project(project: Project) -> Project:
    """Problem 404 if it was deleted in the meantime."""
    # no_key: whoever adds a row that points here need not wait
    locked = Project.objects.select_for_update(no_key=True).filter(pk=project.pk, trashed_at=None).first()
    if locked is None:
        raise not_found("project")
    return locked


def locked_scene(scene: Scene) -> Scene:
    """Problem 404 if it was deleted in the meantime."""
    living = Scene.objects.select_related("project").filter(pk=scene.pk, trashed_at=None, project__trashed_at=None)
    locked = living.select_for_update(no_key=True, of=("self",)).first()
    if locked is None:
        raise not_found("scene")
    return locked


def locked_in_trash(row: Row) -> Row:
    """As it lies in the trash. Problem 404 if somebody restored it in the meantime."""
    trashed = type(row)._default_manager.select_for_update(no_key=True, of=("self",)).exclude(trashed_at=None)
    locked = trashed.filter(pk=row.pk).first()
    if locked is None:
        raise not_found(f"{type(row).__name__.lower()} in the trash")
    return locked
