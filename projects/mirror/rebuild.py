"""Folders to rows: projects, scenes, files and jobs from what lies on disk, for a database that was lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils.translation import gettext as _

from projects.disk.layout import scene_number
from projects.disk.names import SLUG
from projects.mirror import contributions, evidence, scan, write
from projects.mirror.members import restore_members, restore_trashed
from projects.mirror.parse import moment, read_json
from projects.mirror.scene_file import PROJECT_FILE
from projects.mirror.take_in import TakenIn, name_in
from projects.mirror.take_in_project import take_in_project
from projects.models import Project
from projects.models.locks import lock_scenes_of
from projects.problems import Problem, conflict
from projects.text.document import check_schema

# for 100,000 files
_CACHE_KIB = 64 * 1024


def rebuild(owner: User, folders: Sequence[Path] | None = None) -> TakenIn:
    """Make the missing rows of these folders, else of everything under `PROJECTS_ROOT`; again it makes no more.

    Projects without a row have the members of their project.json, or become `owner`'s. Raise Problem 409 for one of
    `folders` that is no project's, before anything is changed; elsewhere it is left out and named in the notes.
    """
    result = TakenIn()
    for path in folders or []:
        check_folder(path)
    with _large_cache():
        for path in _folders() if folders is None else folders:
            try:
                _rebuild_project(path, owner, result)
            except Problem as problem:
                result.notes.append(_("{name} was left out: {message}").format(name=path.name, message=problem.message))
    contributions.jobs().finish_rebuild()
    return result


@contextmanager
def _large_cache() -> Iterator[None]:
    """Let SQLite keep 64 MB of its file in memory meanwhile, instead of 2.

    The rows of a project are one transaction, and each row of a file goes to a random place of several indexes: what
    does not fit is written and read again and again. With 40,000 files that was a third of the time of their rows.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        (usual,) = cursor.execute("PRAGMA cache_size").fetchone()
        cursor.execute(f"PRAGMA cache_size = {-_CACHE_KIB}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {int(usual)}")


def _folders() -> list[Path]:
    root = Path(settings.PROJECTS_ROOT)
    paths = sorted(root.iterdir()) if root.is_dir() else []
    # a link might lead out of the folder, and to what others must not see
    return [path for path in paths if path.is_dir() and not path.is_symlink() and SLUG.fullmatch(path.name)]


def check_folder(path: Path) -> None:
    """Raise Problem 409 for what is not the folder of a project right under `PROJECTS_ROOT`."""
    root = Path(settings.PROJECTS_ROOT)
    if path.is_symlink() or not path.is_dir():
        raise conflict(_("{path} is not a folder.").format(path=path))
    if path.resolve().parent != root.resolve():
        raise conflict(_("{path} is not in {root}. Copy it there first.").format(path=path, root=root))
    if not SLUG.fullmatch(path.name):
        raise conflict(
            _("{name} cannot be the id of a project: use lowercase letters, digits and hyphens.").format(name=path.name)
        )
    if not _is_project(path):
        raise conflict(
            _("{name} is not a project: it has neither {project_file} nor a folder of a scene.").format(
                name=path.name, project_file=PROJECT_FILE
            )
        )
    check_schema(read_json(path / PROJECT_FILE, []), f"{path.name}/{PROJECT_FILE}")


def _is_project(path: Path) -> bool:
    return (path / PROJECT_FILE).is_file() or any(
        entry.is_dir() and scene_number(entry.name) for entry in path.iterdir()
    )


def _rebuild_project(path: Path, owner: User, result: TakenIn) -> None:
    if not _is_project(path):
        return
    # as it is before the rows are made
    data = read_json(path / PROJECT_FILE, result.notes)
    check_schema(data, f"{path.name}/{PROJECT_FILE}")
    project = Project.objects.filter(slug=path.name).first()
    with transaction.atomic():
        is_new = project is None
        if project is None:
            project = _make_project(path, owner, data)
            result.projects += 1
        lock_scenes_of(project)
        result.add(take_in_project(project, rebuild=True))
        if is_new:
            _finish_project(project, path, data, result)
    if project.trashed_at:
        return
    # outside of the transaction, since it reads whole files; also for scenes that have rows, whose folders may have
    # changed
    for scene in project.scenes.filter(trashed_at=None):
        files = scan.scan_folders(scene)
        result.files += len(files.added)
        result.notes += files.refused + [
            _("{relative_path}: the file is missing.").format(relative_path=asset.relative_path)
            for asset in files.missing
        ]


def _make_project(path: Path, owner: User, data: dict[str, object]) -> Project:
    created_at = moment(data.get("createdAt"))
    project = Project.objects.create(
        slug=path.name,
        name=name_in(data, path.name),
        created_at=created_at,
        # so that its project.json counts as newer, and its order is taken over
        updated_at=created_at,
        next_scene_number=evidence.number(data.get("nextSceneNumber")) or 1,
    )
    # before the jobs, whose people they are
    restore_members(project, data, owner)
    write.changed_project(project)
    return project


def _finish_project(project: Project, path: Path, data: dict[str, object], result: TakenIn) -> None:
    """Make what other apps keep of a new project, and give it the time of its last change."""
    restore_trashed(project, data)
    for document in contributions.documents():
        stored = read_json(path / document.name, result.notes)
        check_schema(stored, f"{path.name}/{document.name}")
        if stored:
            document.restore(project, stored, result.notes)
    updated_at = moment(data.get("updatedAt"), project.created_at)
    Project.objects.filter(pk=project.pk).update(updated_at=updated_at)
