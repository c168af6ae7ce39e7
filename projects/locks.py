"""Rows held to the end of a transaction. Always the project before its scene: two who wait for each other never end."""

from __future__ import annotations

from projects.models import Project, Scene
from projects.problems import not_found


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
