"""The trash as JSON."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from projects import actions
from projects.access import permissions
from projects.actions.trash_list import TrashEntry, list_trash
from projects.api import schemas
from projects.api.projects import PROJECT
from projects.api.scenes import SCENE
from projects.text.iso_time import iso_time
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success

router = Router(tags=["projects"])


class TrashItem(BaseModel):
    """A deleted project, scene or file."""

    kind: Literal["project", "scene", "file"]
    name: str
    projectId: str
    sceneId: str | None = Field(description="null for a project")
    assetId: str | None = Field(description="null for a project or scene")
    deletedAt: schemas.Time
    deletedBy: str | None = Field(description="null where that is not known")
    sceneCount: int
    fileCount: int
    bytes: int


class Trash(BaseModel):
    """What you may restore, the newest first."""

    items: list[TrashItem]


@router.get("/trash", response=responses(Trash), summary="What is in the trash")
def show_trash(request: Request, project: str | None = None) -> Any:
    """Your own deleted projects, and deleted scenes and files of projects that you may change."""
    of_project = permissions.project_for(request.user, project) if project else None
    return success({"items": [_entry_dict(entry) for entry in list_trash(request.user, of_project)]})


@router.post(PROJECT + "/restore", response=responses(Nothing), summary="Restore a project from the trash")
def restore_project(request: Request, project_id: str) -> Any:
    """For its owner only. 409 where its folder is gone, or another one is in its place."""
    project = permissions.trashed_project_for(request.user, project_id)
    actions.restore_project(project, request.user)
    return success(message=_("{name} is back.").format(name=project.name))


@router.post(SCENE + "/restore", response=responses(Nothing), summary="Restore a scene from the trash")
def restore_scene(request: Request, project_id: str, scene_id: str) -> Any:
    """At its old position. 409 where its folder is gone, or another one is in its place."""
    scene = permissions.trashed_scene_for(request.user, project_id, scene_id)
    actions.restore_scene(scene, request.user)
    return success(message=_("{name} is back.").format(name=scene.name))


@router.post(SCENE + "/assets/{asset_id}/restore", response=responses(Nothing), summary="Restore a file")
def restore_asset(request: Request, project_id: str, scene_id: str, asset_id: str) -> Any:
    """Under its name, or the next free one. 409 when its file is no longer in the trash."""
    asset = permissions.trashed_asset_for(request.user, project_id, scene_id, asset_id)
    actions.restore_asset(asset, request.user)
    return success(message=_("{file_name} is back.").format(file_name=asset.file_name))


def _entry_dict(entry: TrashEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "name": entry.name,
        "projectId": entry.project.slug,
        "sceneId": entry.scene.folder_name if entry.scene else None,
        "assetId": str(entry.asset_id) if entry.asset_id else None,
        "deletedAt": iso_time(entry.trashed_at),
        "deletedBy": entry.trashed_by,
        "sceneCount": entry.scenes,
        "fileCount": entry.files,
        "bytes": entry.bytes,
    }
