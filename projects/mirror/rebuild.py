"""Folders to rows: projects, scenes, files and jobs from what lies on disk, for a database that was lost."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from projects.disk.layout import scene_number
from projects.disk.names import SLUG
from projects.mirror import contributions, evidence, scan, write
from projects.mirror.parse import moment, read_json
from projects.mirror.scene_file import PROJECT_FILE
from projects.mirror.take_in import TakenIn, name_in
from projects.mirror.take_in_project import take_in_project
from projects.models import Membership, Project
from projects.models.locks import lock_scenes_of


def rebuild(owner: User) -> TakenIn:
    """Make the missing rows of everything under `PROJECTS_ROOT`; running it again makes no more.

    Projects without a row become `owner`'s.
    """
    result = TakenIn()
    root = Path(settings.PROJECTS_ROOT)
    for path in sorted(root.iterdir()) if root.is_dir() else []:
        # a link might lead out of the folder, and to what others must not see
        if path.is_dir() and not path.is_symlink() and SLUG.fullmatch(path.name):
            _rebuild_project(path, owner, result)
    contributions.jobs().finish_rebuild()
    return result


def _rebuild_project(path: Path, owner: User, result: TakenIn) -> None:
    project = Project.objects.filter(slug=path.name).first()
    with transaction.atomic():
        if project is None:
            project = _make_project(path, owner, result)
        if project is None:
            return
        lock_scenes_of(project)
        result.add(take_in_project(project, rebuild=True))
    if project.trashed_at:
        return
    # outside of the transaction, since it reads whole files; also for scenes that have rows, whose folders may have
    # changed
    for scene in project.scenes.filter(trashed_at=None):
        files = scan.scan_folders(scene)
        result.files += len(files.added)
        result.notes += files.refused + [f"{asset.relative_path}: the file is missing." for asset in files.missing]


def _make_project(path: Path, owner: User, result: TakenIn) -> Project | None:
    """Make the row of a project; None for a folder that is none."""
    data = read_json(path / PROJECT_FILE, result.notes)
    if not data and not any(entry.is_dir() and scene_number(entry.name) for entry in path.iterdir()):
        return None
    created_at = moment(data.get("createdAt"))
    project = Project.objects.create(
        slug=path.name,
        name=name_in(data, path.name),
        created_at=created_at,
        # so that its project.json counts as newer, and its order is taken over
        updated_at=created_at,
        next_scene_number=evidence.number(data.get("nextSceneNumber")) or 1,
    )
    # who belonged to it is not written in the folder
    Membership.objects.create(project=project, user=owner, role=Membership.Role.OWNER, may_spend=True)
    write.changed_project(project)
    result.projects += 1
    return project
