"""Files that move between the scenes of a project: what a scene.json still says of them, and what one knows already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from projects.disk.layout import FOLDER_BY_KIND
from projects.mirror import contributions, evidence
from projects.mirror.parse import entries, objects
from projects.models import Asset, Scene


def without_moved(stored: Mapping[str, Any], scene: Scene, current: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored scene.json without the files and requests that have a row in another scene of the project.

    `current` is scene.json as the rows make it. A file that still lies here was copied, and does not count as moved.
    """
    files = {str(entry.get("id")) for entry in entries(stored, "assets", *FOLDER_BY_KIND.values())}
    jobs = {str(request.get("jobId")) for request in evidence.requests(stored)}
    jobs -= {request["jobId"] for request in evidence.requests(current)}
    files -= {str(asset.pk) for asset in scene.assets.all()}
    if not files and not jobs:
        return dict(stored)
    moved = _moved_files(scene, stored, files) | contributions.jobs().jobs_elsewhere(scene, valid_ids(jobs))
    return dict(stored) | {part: _without(stored.get(part), moved) for part in ("assets", "generation")}


def follow_file(scene: Scene, key: UUID, kind: str, file_name: str) -> bool:
    """Let the row of a file follow it to this scene, where it moved after a backup; return whether there is one."""
    rows = Asset.objects.filter(pk=key, kind=kind, scene__project=scene.project).exclude(scene=scene)
    asset = rows.select_related("scene__project").first()
    if asset is None or asset.path.is_file():
        return False
    asset.scene, asset.file_name, asset.selected, asset.trashed_at = scene, file_name, False, None
    asset.missing_since = None
    asset.save(update_fields=["scene", "file_name", "selected", "trashed_at", "missing_since"])
    return True


def valid_ids(texts: Iterable[str]) -> list[UUID]:
    """Return those of several texts that are ids of rows; files may have been edited by hand."""
    ids = []
    for text in texts:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids


def _moved_files(scene: Scene, stored: Mapping[str, Any], files: Iterable[str]) -> set[str]:
    elsewhere = Asset.objects.filter(pk__in=valid_ids(files), scene__project=scene.project).exclude(scene=scene)
    keys = {str(key) for key in elsewhere.values_list("pk", flat=True)}
    paths = {str(e.get("id")): str(e.get("path")) for e in entries(stored, "assets", *FOLDER_BY_KIND.values())}
    return {key for key in keys if not (scene.project.path / paths[key]).is_file()}


def _without(part: object, moved: set[str]) -> dict[str, Any]:
    lists = part if isinstance(part, dict) else {}
    return {
        name: [entry for entry in objects(value) if str(entry.get("id") or entry.get("jobId")) not in moved]
        for name, value in lists.items()
    }
