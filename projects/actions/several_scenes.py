"""What a person can do with several scenes of a project at once. Each is one transaction: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import mirror
from projects.access import audit
from projects.actions.scenes import checked_tags, number_scenes, restore_scene
from projects.live import publish
from projects.mirror import contributions, trash
from projects.models import Project, Scene
from projects.models.locks import lock_scenes_of, locked_project
from projects.problems import Problem, conflict, not_found, wrong_field


def tag_scenes(
    project: Project, scenes: Sequence[Scene], *, review_status: str | None = None, color: str | None = None
) -> None:
    """Set the status or the color of scenes; None leaves it. Problem 422 for a value that a scene cannot have."""
    tags = checked_tags(review_status, color)
    with transaction.atomic():
        for scene in _locked(project, scenes):
            Scene.objects.filter(pk=scene.pk).update(**tags)
            mirror.changed(scene)
        publish.publish_storyboard_change(project)


def move_scenes(project: Project, scenes: Sequence[Scene], position: int) -> None:
    """Put scenes behind each other, in the order of the film, the first at `position`, which counts from 1.

    A position that leaves too little room behind it means the end. Problem 422 for one that is not in the film.
    """
    with transaction.atomic():
        moved = _locked(project, scenes)
        order = list(project.scenes.filter(trashed_at=None))
        if not 1 <= position <= len(order):
            raise wrong_field(
                "position", _("position must be a whole number from 1 to {count}.").format(count=len(order))
            )
        keys = {scene.pk for scene in moved}
        others = [scene for scene in order if scene.pk not in keys]
        number_scenes([*others[: position - 1], *moved, *others[position - 1 :]])
        mirror.changed_project(project)
        publish.publish_storyboard_change(project)


def trash_scenes(project: Project, scenes: Sequence[Scene], by: User | None = None) -> None:
    """Move scenes to the trash; `by` is who did it. Problem 409 names one that has an unfinished job."""
    with transaction.atomic():
        trashed = _locked(project, scenes)
        busy = next((scene for scene in trashed if contributions.jobs().is_busy(scene)), None)
        if busy is not None:
            message = _("{name} has unfinished takes: wait for them, or cancel them first.").format(name=busy.name)
            raise conflict(message, "unfinished_jobs")
        now = timezone.now()
        keys = [scene.pk for scene in trashed]
        Scene.objects.filter(pk__in=keys).update(trashed_at=now, trashed_by=by, updated_at=now)
        for scene in trashed:
            audit.enter(audit.Action.DELETED, by, scene.name, project)
        number_scenes(list(project.scenes.filter(trashed_at=None)))
        mirror.changed_project(project)
        publish.publish_storyboard_change(project)

        def move() -> None:
            for scene in trashed:
                trash.trash_scene(scene)

        transaction.on_commit(move, robust=True)


def restore_scenes(scenes: Sequence[Scene], by: User | None = None) -> None:
    """Restore scenes from the trash, the first in the film first, so that each comes back to its place.

    Those before one that cannot be restored are back all the same; the Problem names it.
    """
    for scene in sorted(scenes, key=lambda scene: (scene.position, scene.number)):
        try:
            restore_scene(scene, by)
        except Problem as problem:
            raise problem.about(scene.name) from problem


def _locked(project: Project, scenes: Sequence[Scene]) -> list[Scene]:
    """Lock a project with its scenes, and return the given ones in the order of the film. Raise Problem 404."""
    project = locked_project(project)
    lock_scenes_of(project)
    living = project.scenes.filter(trashed_at=None, pk__in=[scene.pk for scene in scenes])
    rows = list(living.select_related("project"))
    if len(rows) < len(scenes):
        raise not_found(_("scene"))
    return rows
