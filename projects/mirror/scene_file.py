"""The content of scene.json and project.json, made from rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from projects.disk.layout import FOLDER_BY_KIND, ORIGINALS
from projects.mirror import contributions, members
from projects.mirror.contributions import SceneFiles
from projects.models import Asset, Project, Scene
from projects.text.document import SCHEMA
from projects.text.iso_time import iso_time

SCENE_FILE = "scene.json"
PROJECT_FILE = "project.json"


def scene_dicts(scenes: QuerySet[Scene], newest: int | None = None) -> list[dict[str, Any]]:
    """Return scene.json of each scene, in the order of the query, in a fixed number of queries.

    With `newest` no more than so many requests of each, and `generation.olderRequests` where there are more.
    """
    return [scene_dict(scene, contribution) for scene, contribution in with_contributions(scenes, newest)]


def with_contributions(scenes: QuerySet[Scene], newest: int | None = None) -> Sequence[tuple[Scene, SceneFiles]]:
    """Load scenes with their files and with what jobs add to them, in a fixed number of queries."""
    # a fixed number of queries, since the API answers with a hundred scenes at once
    rows = list(scenes.select_related("project").prefetch_related("assets"))
    contributed = contributions.jobs().scene_files(rows, newest)
    return [(row, contributed.get(row.pk, SceneFiles())) for row in rows]


def scene_dict(scene: Scene, contribution: SceneFiles, files: Sequence[Asset] | None = None) -> dict[str, Any]:
    """Return the contract's scene.json, with these `files` or all of the scene's; the API answers with the same."""
    assets = [asset for asset in (scene.assets.all() if files is None else files) if asset.trashed_at is None]
    return {
        "id": scene.folder_name,
        "projectId": scene.project.slug,
        "name": scene.name,
        "position": scene.position,
        "reviewStatus": scene.review_status,
        "color": scene.color,
        "version": scene.version,
        "createdAt": iso_time(scene.created_at),
        "updatedAt": iso_time(scene.updated_at),
        "status": _status(bool(assets), contribution.is_generating),
        "assets": {name: [asset_dict(a) for a in assets if a.folder_name == name] for name in FOLDER_BY_KIND.values()},
        # these two are always there, since the contract names them; others come with the jobs
        "generation": {"videoRequests": [], "completedVideos": []} | contribution.generation,
    }


def _status(has_assets: bool, is_generating: bool) -> str:
    if is_generating:
        return "generating"
    return "has_content" if has_assets else "empty"


def asset_dict(asset: Asset) -> dict[str, Any]:
    """Return the contract's entry of a file, for scene.json and the API."""
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
        "createdAt": iso_time(asset.created_at),
    }
    if asset.original_name not in ("", asset.file_name):
        entry |= {"originalName": asset.original_name}
    if asset.original_file:
        entry |= {"originalPath": f"{asset.scene.folder_name}/{asset.folder_name}/{ORIGINALS}/{asset.original_file}"}
    if asset.missing_since:
        entry |= {"missing": True}
    if asset.has_sound is not None:
        entry |= {"hasSound": asset.has_sound}
    if asset.kind == Asset.Kind.VIDEO:
        automatically = asset.selected and asset.selected_automatically
        entry |= {"take": asset.take, "selected": asset.selected, "selectedAutomatically": automatically}
    return entry


def project_dict(project: Project) -> dict[str, Any]:
    """Return project.json: names, dates, the order of the scenes, and the members by user name."""
    scenes = project.scenes.filter(trashed_at=None).order_by("position", "number")
    return {
        "schema": SCHEMA,
        "id": project.slug,
        "name": project.name,
        "createdAt": iso_time(project.created_at),
        "updatedAt": iso_time(project.updated_at),
        "scenes": [scene.folder_name for scene in scenes],
        "nextSceneNumber": project.next_scene_number,
        "trashedScenes": members.trashed_entries(project),
        "members": members.member_entries(project),
    }
