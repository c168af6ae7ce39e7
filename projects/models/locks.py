"""Row locks that last until the end of the transaction, and their order.

PostgreSQL locks each row that a transaction writes. Two transactions that lock the same rows in different orders wait
for each other, and one of them is rolled back (a deadlock). So all of them lock in one order, and leave out what they
do not need:

1. a quality report whose retry is due, the limits of automatic retries, budgets,
2. the project,
3. its scenes, in the order of their keys,
4. their jobs, in the order of their keys,
5. everything else: files, observed prices, new rows.

A new row that names another row locks that one too (its foreign key), so a job's events and ledger entries come after
its scene. tests/db/test_lock_order.py does everything at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.utils.translation import gettext as _

from projects.models import Asset, Project, Scene
from projects.problems import not_found

Row = TypeVar("Row", Project, Scene, Asset)


def locked_project(project: Project) -> Project:
    """Lock a project and return its row. Problem 404 if it was deleted in the meantime."""
    # no_key: adding a row that refers to this one need not wait
    locked = Project.objects.select_for_update(no_key=True).filter(pk=project.pk, trashed_at=None).first()
    if locked is None:
        raise not_found(_("project"))
    return locked


def locked_scene(scene: Scene) -> Scene:
    """Lock a scene and return its row. Problem 404 if it was deleted in the meantime."""
    scenes = Scene.objects.select_related("project").filter(pk=scene.pk, trashed_at=None, project__trashed_at=None)
    locked = scenes.select_for_update(no_key=True, of=("self",)).first()
    if locked is None:
        raise not_found(_("scene"))
    return locked


def lock_scenes(keys: Iterable[int]) -> None:
    """Lock scenes, in the trash too, in the order of their keys."""
    # fetched, since a queryset that nobody reads locks nothing
    list(Scene.objects.select_for_update(no_key=True).filter(pk__in=set(keys)).order_by("pk").values_list("pk"))


def lock_scenes_of(project: Project) -> None:
    """Lock a project and all of its scenes, in the trash too, before several of them are written."""
    list(Project.objects.select_for_update(no_key=True).filter(pk=project.pk).values_list("pk"))
    lock_scenes(project.scenes.values_list("pk", flat=True))


def locked_in_trash(row: Row) -> Row:
    """Lock a row that is in the trash and return it. Problem 404 if it was restored in the meantime."""
    trashed = type(row)._default_manager.select_for_update(no_key=True, of=("self",)).exclude(trashed_at=None)
    locked = trashed.filter(pk=row.pk).first()
    if locked is None:
        raise not_found(_("{name} in the trash").format(name=type(row).__name__.lower()))
    return locked
