"""Scenes as JSON. The API calls them folders, as the contract does."""

from __future__ import annotations

from typing import Any

from ninja import Router, Status

from projects import actions, mirror
from projects.access import permissions
from projects.api import schemas
from projects.api.projects import PROJECT
from projects.disk.tree import read_tree
from projects.iso_time import iso_time
from projects.models import Scene
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success

router = Router(tags=["projects"])
SCENES = PROJECT + "/folders"
SCENE = SCENES + "/{scene_id}"


@router.get(SCENES, response=responses(schemas.Folders), exclude_unset=True, summary="All scenes of a project")
def list_folders(request: Request, project_id: str) -> Any:
    """In the order of the film, each as in its scene.json."""
    project = permissions.project_for(request.user, project_id)
    return success({"folders": mirror.scene_dicts(project.scenes.filter(trashed_at=None))})


@router.post(SCENES, response=responses(schemas.Scene, 201), exclude_unset=True, summary="Create the next scene")
def create_folder(request: Request, project_id: str, payload: schemas.SceneName | None = None) -> Any:
    """Create the next scene, at the end of the film, with its five folders on disk."""
    project = permissions.project_for(request.user, project_id, "change")
    scene = actions.create_scene(project, payload.name if payload else None)
    return Status(201, success(_scene_dict(scene), f"Created {scene.name} in {scene.folder_name}/."))


@router.get(
    SCENE, response=responses(schemas.SceneWithExports), exclude_unset=True, summary="One scene, with its exports"
)
def show_folder(request: Request, project_id: str, scene_id: str) -> Any:
    """As in its scene.json, and with the files in `exports/`."""
    scene = permissions.scene_for(request.user, project_id, scene_id)
    data = _scene_dict(scene)
    return success(data | {"assets": data["assets"] | {"exports": _exports(scene)}})


@router.patch(SCENE, response=responses(schemas.Scene), exclude_unset=True, summary="Rename a scene, or move it")
def change_folder(request: Request, project_id: str, scene_id: str, payload: schemas.SceneChange) -> Any:
    """Rename or move a scene; the other scenes make room."""
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    actions.change_scene(scene, name=payload.name, position=payload.position)
    return success(_scene_dict(scene))


@router.delete(SCENE, response=responses(Nothing), summary="Move a scene to the trash")
def delete_folder(request: Request, project_id: str, scene_id: str) -> Any:
    """409 while one of its jobs is unfinished."""
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    actions.trash_scene(scene, request.user)
    return success(message=f"{scene.name} is in the trash.")


def _scene_dict(scene: Scene) -> dict[str, Any]:
    """Return the scene as it is in the database now."""
    return mirror.scene_dicts(Scene.objects.filter(pk=scene.pk))[0]


def _exports(scene: Scene) -> list[dict[str, Any]]:
    return [
        {
            "fileName": file.name,
            "path": f"{scene.folder_name}/exports/{file.name}",
            "bytes": file.bytes,
            "modifiedAt": iso_time(file.modified),
        }
        for file in read_tree(scene.path / "exports").files
    ]
