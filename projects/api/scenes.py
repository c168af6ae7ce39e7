"""Scenes as JSON. The API calls them folders, as the contract does."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from projects import actions, mirror
from projects.access import permissions
from projects.api import schemas
from projects.api.projects import PROJECT
from projects.disk.layout import scene_number
from projects.disk.tree import read_tree
from projects.models import Project, Scene
from projects.problems import wrong_field
from projects.text.iso_time import iso_time
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success

router = Router(tags=["projects"])
# of one answer, and requests of each folder in it
MAX_FOLDERS, MAX_REQUESTS = 200, 100
SCENES = PROJECT + "/folders"
SCENE = SCENES + "/{scene_id}"


@router.get(SCENES, response=responses(schemas.Folders), exclude_unset=True, summary="All scenes of a project")
def list_folders(
    request: Request,
    project_id: str,
    limit: Annotated[int, Query(MAX_FOLDERS, ge=1, le=MAX_FOLDERS)] = MAX_FOLDERS,
    cursor: str | None = None,
) -> Any:
    """In the order of the film, each as in its scene.json, but of long histories only the newest requests.

    Then `generation.olderRequests` is true, and the call of the one folder has all.
    """
    project = permissions.project_for(request.user, project_id)
    scenes = list(_after(project, cursor).order_by("position", "number")[: limit + 1])
    page = Scene.objects.filter(pk__in=[scene.pk for scene in scenes[:limit]])
    next_cursor = scenes[limit - 1].folder_name if len(scenes) > limit else None
    return success({"folders": mirror.scene_dicts(page, newest=MAX_REQUESTS), "nextCursor": next_cursor})


def _after(project: Project, cursor: str | None) -> QuerySet[Scene]:
    """Select the scenes behind the one that the cursor names, in the order of the film as it is now."""
    scenes = project.scenes.filter(trashed_at=None)
    if cursor is None:
        return scenes
    # also one that was deleted meanwhile: its row keeps its position
    last = project.scenes.filter(number=scene_number(cursor) or 0).first()
    if last is None:
        raise wrong_field("cursor", _("cursor must be the nextCursor of an earlier answer."))
    return scenes.filter(Q(position__gt=last.position) | Q(position=last.position, number__gt=last.number))


@router.post(SCENES, response=responses(schemas.Scene, 201), exclude_unset=True, summary="Create the next scene")
def create_folder(request: Request, project_id: str, payload: schemas.SceneName | None = None) -> Any:
    """Create the next scene, at the end of the film, with its five folders on disk."""
    project = permissions.project_for(request.user, project_id, "change")
    scene = actions.create_scene(project, payload.name if payload else None)
    return Status(
        201,
        success(
            _scene_dict(scene),
            _("Created {name} in {folder_name}/.").format(name=scene.name, folder_name=scene.folder_name),
        ),
    )


@router.get(
    SCENE, response=responses(schemas.SceneWithExports), exclude_unset=True, summary="One scene, with its exports"
)
def show_folder(request: Request, project_id: str, scene_id: str) -> Any:
    """As in its scene.json, and with the files in `exports/`."""
    scene = permissions.scene_for(request.user, project_id, scene_id)
    data = _scene_dict(scene)
    return success(data | {"assets": data["assets"] | {"exports": _exports(scene)}})


@router.patch(SCENE, response=responses(schemas.Scene), exclude_unset=True, summary="Rename, tag or move a scene")
def change_folder(request: Request, project_id: str, scene_id: str, payload: schemas.SceneChange) -> Any:
    """Rename a scene, set its status or color, or move it; then the other scenes make room."""
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    actions.change_scene(
        scene,
        name=payload.name,
        position=payload.position,
        review_status=payload.reviewStatus,
        color=payload.color,
    )
    return success(_scene_dict(scene))


@router.delete(SCENE, response=responses(Nothing), summary="Move a scene to the trash")
def delete_folder(request: Request, project_id: str, scene_id: str) -> Any:
    """409 while one of its jobs is unfinished."""
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    actions.trash_scene(scene, request.user)
    return success(message=_("{name} is in the trash.").format(name=scene.name))


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
