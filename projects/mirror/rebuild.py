"""Folders to rows: projects, scenes, files and jobs from what lies on disk, for a database that was lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from pydantic import BaseModel

from projects.disk import probe
from projects.disk.layout import KIND_BY_FOLDER, scene_number
from projects.disk.names import SLUG, checked_name, uploaded_name
from projects.mirror import contributions, scan, write
from projects.mirror.asset_rows import add_asset
from projects.mirror.parse import entries, moment, read_json, skip_bad_entry
from projects.mirror.scene_file import PROJECT_FILE, SCENE_FILE
from projects.models import Asset, Membership, Project, Scene
from projects.problems import Problem


@dataclass
class RebuildResult:
    """What got a row, and one line for each thing that was left out or is missing."""

    projects: int = 0
    scenes: int = 0
    files: int = 0
    jobs: int = 0
    notes: list[str] = field(default_factory=list)


class AssetEntry(BaseModel):
    """What scene.json says of a file that the file itself does not tell."""

    id: UUID
    path: str
    source: Literal["uploaded", "generated", "found"]
    createdAt: str
    originalName: str | None = None
    take: int | None = None
    selected: bool = False


def rebuild(owner: User) -> RebuildResult:
    """Make the missing rows of everything under `PROJECTS_ROOT`; running it again makes no more.

    Projects without a row become `owner`'s.
    """
    result = RebuildResult()
    root = Path(settings.PROJECTS_ROOT)
    for path in sorted(root.iterdir()) if root.is_dir() else []:
        # a link might lead out of the folder, and to what others must not see
        if path.is_dir() and not path.is_symlink() and SLUG.fullmatch(path.name):
            _rebuild_project(path, owner, result)
    contributions.jobs().finish_rebuild()
    return result


def _rebuild_project(path: Path, owner: User, result: RebuildResult) -> None:
    numbers = {number for entry in path.iterdir() if entry.is_dir() and (number := scene_number(entry.name))}
    data = read_json(path / PROJECT_FILE, result.notes)
    project = Project.objects.filter(slug=path.name).first()
    # neither a folder that is no project, nor one that a person has deleted and that is on its way to the trash
    if (project is None and not data and not numbers) or (project is not None and project.trashed_at):
        return
    with transaction.atomic():
        if project is None:
            project = _make_project(path, data, owner)
            result.projects += 1
        order = [name for name in data.get("scenes", []) if isinstance(name, str)]
        for number in sorted(numbers, key=lambda number: _position(f"scene-{number}", order)):
            _rebuild_scene(project, number, result)
        highest = max(numbers, default=0)
        # a number is never used twice, or a new scene would get a folder in which something lies
        if project.next_scene_number <= highest:
            Project.objects.filter(pk=project.pk).update(next_scene_number=highest + 1)
    # outside of the transaction, since it reads whole files; also for scenes that have rows, whose folders may have
    # changed
    for scene in project.scenes.filter(trashed_at=None):
        files = scan.scan_folders(scene)
        result.files += len(files.added)
        result.notes += files.refused + [f"{asset.relative_path}: the file is missing." for asset in files.missing]


def _position(name: str, order: list[str]) -> tuple[int, int]:
    """Scenes that project.json does not name come last, by number."""
    return (order.index(name) if name in order else len(order)), int(name.removeprefix("scene-"))


def _make_project(path: Path, data: dict[str, Any], owner: User) -> Project:
    next_number = data.get("nextSceneNumber")
    project = Project.objects.create(
        slug=path.name,
        name=_name(data, path.name),
        created_at=moment(data.get("createdAt")),
        next_scene_number=next_number if isinstance(next_number, int) and 0 < next_number < 10**9 else 1,
    )
    # who belonged to it is not written in the folder
    Membership.objects.create(project=project, user=owner, role=Membership.Role.OWNER, may_spend=True)
    write.changed_project(project)
    return project


def _rebuild_scene(project: Project, number: int, result: RebuildResult) -> None:
    if project.scenes.filter(number=number).exists():
        return
    data = read_json(project.path / f"scene-{number}" / "metadata" / SCENE_FILE, result.notes)
    scene = Scene.objects.create(
        project=project,
        number=number,
        name=_name(data, f"Scene {number}"),
        position=project.scenes.filter(trashed_at=None).count() + 1,
        created_at=moment(data.get("createdAt")),
    )
    result.scenes += 1
    for entry in entries(data, "assets", *KIND_BY_FOLDER):
        with skip_bad_entry(result.notes, f"{scene.folder_name}: an entry of a file"):
            result.files += _restore_asset(scene, AssetEntry.model_validate(entry))
    # after the files, to which jobs refer
    jobs = contributions.jobs().restore_jobs(scene, data, result.notes)
    result.jobs += jobs.count
    # the next number is higher than that of any take, also where scene.json was lost and only the files are left
    takes = [take for take in scene.assets.values_list("take", flat=True) if take]
    Scene.objects.filter(pk=scene.pk).update(next_take=max([jobs.highest_take, *takes]) + 1)
    write.changed(scene)


def _restore_asset(scene: Scene, entry: AssetEntry) -> bool:
    """Make the row as it was, where the file is there and whole; what the file is, is read from the file."""
    path = scene.project.path / entry.path
    # an entry that was edited by hand must not lead out of the scene's folder
    if path.parent.parent != scene.path or path.parent.name not in KIND_BY_FOLDER or not path.is_file():
        return False
    # not by the entry: the file may have been replaced since
    media = probe.inspect(path)
    asset = add_asset(scene, path.name, media, Asset.Source.FOUND)
    is_video = media.kind == "video"
    Asset.objects.filter(pk=asset.pk).update(
        id=entry.id,
        source=entry.source,
        created_at=moment(entry.createdAt),
        original_name=uploaded_name(entry.originalName or (path.name if entry.source == "uploaded" else "")),
        take=entry.take if is_video else None,
        selected=entry.selected and is_video,
    )
    return True


def _name(data: dict[str, Any], default: str) -> str:
    try:
        return checked_name(str(data["name"]))
    except (KeyError, Problem):
        return default
