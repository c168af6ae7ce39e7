"""Folders → rows: projects, scenes, files and jobs from what stands on disk, for a database that was lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from pydantic import ValidationError

from projects import actions, mirror
from projects.actions import assets
from projects.api import schemas
from projects.disk import files as folder
from projects.disk import probe
from projects.disk.names import SLUG
from projects.mirror import scan
from projects.models import Asset, Membership, Project, Scene
from projects.problems import Problem

_SCENE = re.compile(r"scene-([1-9][0-9]{0,8})")
_REFERENCE = re.compile(r'"asset:([0-9a-f-]{36})"')
# What a job becomes whose fate nobody knows: nothing is paid for unasked, and nothing paid is given up
_AFTERWARDS = {"queued": "cancelled", "submitting": "unconfirmed"}


@dataclass
class Rebuilt:
    projects: int = 0
    scenes: int = 0
    files: int = 0
    jobs: int = 0
    notes: list[str] = field(default_factory=list)


def rebuild(owner: User) -> Rebuilt:
    """All that stands under `PROJECTS_ROOT` without a row gets one; new projects are `owner`'s. Twice does no more."""
    result = Rebuilt()
    root = Path(settings.PROJECTS_ROOT)
    for path in sorted(root.iterdir()) if root.is_dir() else []:
        if path.is_dir() and not path.is_symlink() and SLUG.fullmatch(path.name):
            _rebuild_project(path, owner, result)
    return result


def _rebuild_project(path: Path, owner: User, result: Rebuilt) -> None:
    scene_paths = {
        int(match[1]): entry for entry in path.iterdir() if entry.is_dir() and (match := _SCENE.fullmatch(entry.name))
    }
    told = _read(path / mirror.PROJECT_FILE, result)
    project = Project.objects.filter(slug=path.name).first()
    if (project is None and not told and not scene_paths) or (project is not None and project.trashed_at):
        return
    with transaction.atomic():
        if project is None:
            project = _make_project(path, told, owner)
            result.projects += 1
        order = [name for name in told.get("scenes", []) if isinstance(name, str)]
        for number in sorted(scene_paths, key=lambda n: _place_of(f"scene-{n}", order)):
            _rebuild_scene(project, number, result)
        highest = max(scene_paths, default=0)
        if project.next_scene_number <= highest:
            Project.objects.filter(pk=project.pk).update(next_scene_number=highest + 1)
    for scene in project.scenes.filter(trashed_at=None):
        files = scan.find_files(scene)
        result.files += len(files.added)
        result.notes += files.refused + [f"{asset.relative_path}: the file is missing." for asset in files.missing]


def _place_of(name: str, order: list[str]) -> tuple[int, int]:
    return (order.index(name) if name in order else len(order)), int(name.removeprefix("scene-"))


def _make_project(path: Path, told: dict[str, Any], owner: User) -> Project:
    next_number = told.get("nextSceneNumber")
    project = Project.objects.create(
        slug=path.name,
        name=_name(told, path.name),
        created_at=_moment(told.get("createdAt")),
        next_scene_number=next_number if isinstance(next_number, int) and 0 < next_number < 10**9 else 1,
    )
    Membership.objects.create(project=project, user=owner, role=Membership.Role.OWNER, may_spend=True)
    mirror.changed_project(project)
    return project


def _rebuild_scene(project: Project, number: int, result: Rebuilt) -> None:
    if project.scenes.filter(number=number).exists():
        return
    told = _read(project.path / f"scene-{number}" / "metadata" / mirror.SCENE_FILE, result)
    scene = Scene.objects.create(
        project=project,
        number=number,
        name=_name(told, f"Scene {number}"),
        position=project.scenes.filter(trashed_at=None).count() + 1,
        created_at=_moment(told.get("createdAt")),
    )
    result.scenes += 1
    for entry in _entries(told, "assets", *scan.KINDS):
        with _noting(result, f"{scene.folder_name}: an entry of a file"):
            result.files += _add_asset(scene, entry)
    requests, files = zip(*mirror.REQUESTS.values(), strict=True)
    completed = {str(done.get("jobId")): done for done in _entries(told, "generation", *files)}
    for entry in _entries(told, "generation", *requests):
        with _noting(result, f"{scene.folder_name}: an entry of a take"):
            result.jobs += _add_job(scene, entry, completed)
    takes = [take for rows in (scene.assets, scene.jobs) for take in rows.values_list("take", flat=True) if take]
    Scene.objects.filter(pk=scene.pk).update(next_take=max(takes, default=0) + 1)
    mirror.changed(scene)


def _add_asset(scene: Scene, entry: dict[str, Any]) -> bool:
    """The row as it was, where its file stands and is whole; what the file is, the file tells."""
    told = schemas.Video.model_validate({"take": None, "selected": False} | entry)
    path = scene.project.path / told.path
    if path.parent.parent != scene.path or path.parent.name not in scan.KINDS or not path.is_file():
        return False
    details = probe.inspect(path)
    asset = assets.add_found(scene, path.name, details)
    video = details.kind == "video"
    Asset.objects.filter(pk=asset.pk).update(
        id=UUID(told.id),
        source=told.source,
        created_at=_moment(told.createdAt),
        take=told.take if video else None,
        selected=told.selected and video,
    )
    return True


def _add_job(scene: Scene, entry: dict[str, Any], completed: dict[str, dict[str, Any]]) -> bool:
    told = schemas.VideoRequest.model_validate(entry)
    error = told.error or {}
    image = told.promptImage or ""
    job = scene.jobs.create(
        id=UUID(told.jobId),
        project=scene.project,
        kind=told.kind,
        model=told.model,
        parameters=_parameters(entry),
        outputs=[output for output in _list(entry.get("outputs")) if {"assetId", "path", "sha256"} <= output.keys()],
        prompt_image=_asset_at(scene, image),
        prompt_image_url=image if image.startswith("https://") else "",
        take=entry["take"],
        status=_AFTERWARDS.get(told.status, told.status),
        progress=told.progress,
        runway_task_id=told.taskId,
        asset=_asset_at(scene, str(completed.get(told.jobId, {}).get("path", ""))),
        error_code=str(error.get("code", "")),
        error_message=str(error.get("message", "")),
        error_retryable=error.get("retryable") is True,
        credits_estimated=told.creditsEstimated,
        credits_charged=told.creditsCharged,
        created_at=_moment(told.createdAt),
        finished_at=_moment(told.finishedAt) if told.finishedAt else _now_if(told.status in _AFTERWARDS),
        cache_key=str(entry.get("cacheKey") or "")[:64],
        reuse=entry.get("reuse") is True,
        batch=_batch(scene.project, entry.get("batch")),
        batch_row=_row(entry.get("batch")),
        cached_from=_uuid(entry.get("cachedFrom")),
        note=told.note or "",
        mark="starred" if told.starred else "rejected" if told.rejected else "",
    )
    named = set(_REFERENCE.findall(json.dumps(job.parameters)))
    job.inputs.set(Asset.objects.filter(pk__in=named, scene__project=scene.project))
    return True


def _list(told: object) -> list[dict[str, Any]]:
    return [entry for entry in told if isinstance(entry, dict)] if isinstance(told, list) else []


def _batch(project: Project, told: object) -> Any:
    if not isinstance(told, dict):
        return None
    name = str(told.get("name", ""))[:200]
    return project.batches.get_or_create(pk=UUID(str(told.get("id"))), defaults={"name": name})[0]


def _row(told: object) -> int | None:
    row = told.get("row") if isinstance(told, dict) else None
    return row if isinstance(row, int) and row >= 0 else None


def _uuid(told: object) -> UUID | None:
    return UUID(told) if isinstance(told, str) else None


def _parameters(entry: dict[str, Any]) -> dict[str, Any]:
    """As they were; a scene.json of the first release has but four of them, beside the others."""
    if isinstance(entry.get("parameters"), dict):
        return dict(entry["parameters"])
    given = {name: entry.get(name) for name in ("promptText", "ratio", "duration", "seed")}
    return {name: value for name, value in given.items() if value is not None}


def _now_if(ended: bool) -> datetime | None:
    return timezone.now() if ended else None


def _asset_at(scene: Scene, path: str) -> Asset | None:
    """`path` is relative to the project's folder."""
    return next((asset for asset in scene.assets.filter(trashed_at=None) if asset.relative_path == path), None)


@contextmanager
def _noting(result: Rebuilt, what: str) -> Iterator[None]:
    """One bad entry costs itself alone."""
    try:
        with transaction.atomic():
            yield
    except (ValidationError, IntegrityError, Problem, LookupError, ValueError, TypeError) as error:
        result.notes.append(f"{what} was left out: {str(error).splitlines()[0]}")


def _read(path: Path, result: Rebuilt) -> dict[str, Any]:
    """Empty when there is no such file; one that is no JSON goes to the trash, since ours is written in its place."""
    try:
        told = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        told = None
    if isinstance(told, dict):
        return told
    kept = folder.move_to_trash(path, path.parent / folder.TRASH)
    result.notes.append(f"{path} cannot be read; it is kept as {kept}.")
    return {}


def _entries(told: dict[str, Any], part: str, *names: str) -> list[dict[str, Any]]:
    lists = told[part] if isinstance(told.get(part), dict) else {}
    return [
        entry
        for name in names
        for entry in (lists[name] if isinstance(lists.get(name), list) else [])
        if isinstance(entry, dict)
    ]


def _name(told: dict[str, Any], otherwise: str) -> str:
    try:
        return actions.checked_name(str(told["name"]))
    except (KeyError, Problem):
        return otherwise


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return timezone.now()
    return moment if moment.tzinfo else timezone.now()
