"""Rows → scene.json and project.json. Rows lead; a file that was missed is written by the next `write_behind()`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone

from projects.disk import files as folder
from projects.models import Asset, Project, Scene

logger = logging.getLogger("dailies.mirror")

SCENE_FILE = "scene.json"
PROJECT_FILE = "project.json"
_LOCK = ".lock"
# where the jobs of each kind of output stand in scene.json, and what they made
REQUESTS = {
    "video": ("videoRequests", "completedVideos"),
    "image": ("imageRequests", "completedImages"),
    "audio": ("audioRequests", "completedAudio"),
}


def changed(scene: Scene) -> None:
    """Within the transaction that changed what scene.json shows: it is written once that is committed."""
    Scene.objects.filter(pk=scene.pk).update(version=F("version") + 1, updated_at=timezone.now())
    _after_commit(write, scene.pk)


def changed_project(project: Project) -> None:
    """The same for project.json: its name, or the order of its scenes."""
    Project.objects.filter(pk=project.pk).update(updated_at=timezone.now())
    _after_commit(write_project, project.pk)


def _after_commit(write: Callable[[int], object], key: int) -> None:
    # an inner function: Django 5.2 cannot log a failing functools.partial
    def mirror() -> None:
        write(key)

    # robust: the rows are committed, so the caller has succeeded whatever the disk says
    transaction.on_commit(mirror, robust=True)


def write_behind() -> int:
    """Write every scene.json that is older than its row; returns how many were written."""
    behind = Scene.objects.filter(trashed_at=None, project__trashed_at=None, mirrored_version__lt=F("version"))
    written = 0
    for key in behind.values_list("pk", flat=True):
        try:
            written += write(key)
        except OSError as error:
            logger.warning("mirror scene=%s not written: %s", key, error)
    return written


def write(scene_pk: int) -> bool:
    """Write scene.json if it is behind; one writer per scene at a time, and never an older version over a newer."""
    # most often there is nothing to do: one change is often told twice in its transaction
    scene = _all_living(scene_pk).filter(mirrored_version__lt=F("version")).select_related("project").first()
    if scene is None:
        return False
    folder.make_scene_folders(scene.path)
    path = scene.path / "metadata" / SCENE_FILE
    with folder.locked(path.with_name(_LOCK)):
        # read again: whoever held the lock may have written it, or moved the scene to the trash
        scene = _living(scene_pk)
        if scene is None or scene.mirrored_version >= scene.version:
            return False
        folder.write_all_atomically(path.parent, {SCENE_FILE: _as_json(scene_dict(scene)), **_new_sidecars(scene)})
        Scene.objects.filter(pk=scene_pk).update(mirrored_version=scene.version)
    return True


def _new_sidecars(scene: Scene) -> dict[str, bytes]:
    """The record of each generated file, beside scene.json: written once, when it is missing, and never changed."""
    there = {path.name for path in folder.files_in(scene.path / "metadata")}
    missing = [
        (name, job, number) for job in scene.jobs.all() for name, number in job.sidecars().items() if name not in there
    ]
    prefetch_related_objects([job for _, job, _ in missing], "inputs__scene", "created_by")
    return {name: _as_json(job.as_sidecar(number)) for name, job, number in missing}


def write_project(project_pk: int) -> bool:
    """Write project.json unless it says the same already."""
    with _projects_locked():
        project = Project.objects.filter(pk=project_pk, trashed_at=None).first()
        if project is None:
            return False
        path = project.path / PROJECT_FILE
        data = _as_json(project_file(project))
        if path.is_file() and path.read_bytes() == data:
            return False
        folder.write_atomically(path, data)
    return True


def _projects_locked() -> AbstractContextManager[None]:
    """One lock for all: project files are small and rare, and nothing of it stands in a person's folder."""
    root = Path(settings.PROJECTS_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return folder.locked(root / _LOCK)


def at_start() -> None:
    """What a crash may have left half done: temporary files, trashed folders in their old place, project files."""
    for root in (Path(settings.PROJECTS_ROOT), Path(settings.DATA_DIR) / "cache"):
        folder.clear_dead_temporaries(root)
    finish_trashing()
    for key in Project.objects.filter(trashed_at=None).values_list("pk", flat=True):
        try:
            write_project(key)
        except OSError as error:
            logger.warning("mirror project=%s not written: %s", key, error)
    write_behind()


def finish_trashing() -> int:
    """Move what is trashed in the rows and still in its place: slugs and numbers are never used again."""
    projects = Project.objects.exclude(trashed_at=None)
    scenes = Scene.objects.exclude(trashed_at=None).filter(project__trashed_at=None).select_related("project")
    return sum(trash_project(project) for project in projects) + sum(trash_scene(scene) for scene in scenes)


def trash_project(project: Project) -> bool:
    """Move its folder to `PROJECTS_ROOT/.trash`; False when that is left to the next start, or undone meanwhile."""
    return _to_trash(project.path, _projects_locked(), Project.objects.filter(pk=project.pk))


def trash_scene(scene: Scene) -> bool:
    """Move its folder to the project's `.trash`, not while its scene.json is being written."""
    if not scene.path.exists():
        return False
    folder.make_scene_folders(scene.path)
    return _to_trash(scene.path, folder.locked(scene.path / "metadata" / _LOCK), Scene.objects.filter(pk=scene.pk))


def _to_trash(path: Path, lock: AbstractContextManager[None], row: QuerySet[Any]) -> bool:
    try:
        with lock:
            if row.filter(trashed_at=None).exists():
                return False
            folder.move_to_trash(path, path.parent / folder.TRASH)
    except FileNotFoundError:
        return False
    except OSError as error:
        logger.warning("mirror %s not moved to the trash: %s", path, error)
        return False
    return True


def project_held() -> AbstractContextManager[None]:
    """While it is held no project's folder moves to the trash."""
    return _projects_locked()


@contextmanager
def scene_held(scene: Scene) -> Iterator[None]:
    """While it is held the scene's folder does not move to the trash; one that lies there already needs no hold."""
    with ExitStack() as held:
        with suppress(FileNotFoundError):
            held.enter_context(folder.locked(scene.path / "metadata" / _LOCK))
        yield


def folder_in_trash(path: Path, file: str) -> Path | None:
    """Where a project's or a scene's folder lies in the trash, by what its own `file` says of its id."""
    told = {each: _id_in(each / file) for each in folder.in_trash(path.parent / folder.TRASH, path.name)}
    # one that tells nothing may still be it, by the name of the folder itself
    nameless = path.parent / folder.TRASH / path.name
    found = [each for each in told if told[each] == path.name]
    return found[0] if found else nameless if told.get(nameless, "") is None else None


def _id_in(path: Path) -> object:
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return told.get("id") if isinstance(told, dict) else None


def with_everything(scenes: QuerySet[Scene]) -> list[Scene]:
    """All that `scene_dict` shows, in a fixed number of queries."""
    rows = Scene._meta.get_field("jobs").related_model._default_manager.select_related("quality", "batch")
    found = list(scenes.select_related("project").prefetch_related("assets", Prefetch("jobs", rows)))
    files = {asset.pk: asset for scene in found for asset in scene.assets.all()}
    jobs = [job for scene in found for job in scene.jobs.all()]
    elsewhere = []
    for job in jobs:
        job.project = job.scene.project
        # most often they are files of these scenes, which are known by now
        for name, key in (("asset", job.asset_id), ("prompt_image", job.prompt_image_id)):
            if key in files:
                setattr(job, name, files[key])
            elif key is not None:
                elsewhere.append(job)
    prefetch_related_objects(elsewhere, "asset__scene", "prompt_image__scene")
    return found


def scene_dict(scene: Scene) -> dict[str, Any]:
    """The contract's scene.json; the API tells the same."""
    assets = [asset for asset in scene.assets.all() if asset.trashed_at is None]
    jobs = sorted(scene.jobs.all(), key=lambda job: job.created_at)
    generation: dict[str, list[Any]] = {"videoRequests": [], "completedVideos": []}
    for job in jobs:
        requests, completed = REQUESTS[job.output_kind]
        generation.setdefault(requests, []).append(job.as_request())
        done = job.as_completed()
        generation.setdefault(completed, []).extend([done] if done else [])
    return {
        "id": scene.folder_name,
        "projectId": scene.project.slug,
        "name": scene.name,
        "position": scene.position,
        "version": scene.version,
        "createdAt": iso(scene.created_at),
        "updatedAt": iso(scene.updated_at),
        "status": _status(scene, bool(assets)),
        "assets": {name: [asset_dict(a) for a in assets if a.folder_name == name] for name in folder.SCENE_FOLDERS[:3]},
        "generation": generation,
    }


def _status(scene: Scene, has_assets: bool) -> str:
    if scene.jobs.unfinished().exists():
        return "generating"
    return "has_content" if has_assets else "empty"


def asset_dict(asset: Asset) -> dict[str, Any]:
    """The contract's entry of an asset: in scene.json, and in the API."""
    entry: dict[str, Any] = {
        "id": str(asset.pk),
        "fileName": asset.file_name,
        "path": asset.relative_path,
        "mimeType": asset.mime_type,
        "bytes": asset.bytes,
        "sha256": asset.sha256,
        "width": asset.width,
        "height": asset.height,
        "duration": asset.duration,
        "source": asset.source,
        "createdAt": iso(asset.created_at),
    }
    if asset.kind == Asset.Kind.VIDEO:
        entry |= {"take": asset.take, "selected": asset.selected}
    return entry


def project_file(project: Project) -> dict[str, Any]:
    scenes = project.scenes.filter(trashed_at=None).order_by("position", "number")
    return {
        "id": project.slug,
        "name": project.name,
        "createdAt": iso(project.created_at),
        "updatedAt": iso(project.updated_at),
        "scenes": [scene.folder_name for scene in scenes],
        "nextSceneNumber": project.next_scene_number,
    }


def iso(moment: datetime | float) -> str:
    """UTC with milliseconds, closed by Z. A number is seconds since 1970."""
    if not isinstance(moment, datetime):
        moment = datetime.fromtimestamp(moment, UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _living(scene_pk: int) -> Scene | None:
    return next(iter(with_everything(_all_living(scene_pk))), None)


def _all_living(scene_pk: int) -> QuerySet[Scene]:
    return Scene.objects.filter(pk=scene_pk, trashed_at=None, project__trashed_at=None)


def _as_json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"
