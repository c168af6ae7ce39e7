"""Projects, their scenes (folders), files and members, as JSON."""

from __future__ import annotations

from typing import Any

from ninja import Router, Status

from projects import actions, mirror
from projects.access import people, permissions
from projects.api import schemas
from projects.api.assets import router as files_router
from projects.disk import files
from projects.models import Membership, Project, Scene
from projects.web.envelope import Nothing, Request, answers, success

router = Router(tags=["projects"])
router.add_router("", files_router)

PROJECT = "/projects/{project_id}"
SCENE = PROJECT + "/folders/{scene_id}"
MEMBER = PROJECT + "/members/{username}"


@router.get("/projects", response=answers(schemas.Projects), summary="All projects, newest change first")
def list_projects(request: Request) -> Any:
    return success({"projects": [_project(each) for each in permissions.projects_of(request.user)]})


@router.post("/projects", response=answers(schemas.Project, 201), summary="Make a project")
def create_project(request: Request, payload: schemas.ProjectName) -> Any:
    project = actions.create_project(request.user, payload.name)
    return Status(201, success(_told(request, project), f"Made the project {project.name}."))


@router.get(PROJECT, response=answers(schemas.Project), summary="One project")
def show_project(request: Request, project_id: str) -> Any:
    return success(_project(permissions.project_for(request.user, project_id)))


@router.patch(PROJECT, response=answers(schemas.Project), summary="Rename a project; its id stays")
def change_project(request: Request, project_id: str, payload: schemas.ProjectChange) -> Any:
    project = permissions.project_for(request.user, project_id, "change")
    if payload.name is not None:
        actions.rename_project(project, payload.name)
    return success(_told(request, project))


@router.delete(PROJECT, response=answers(Nothing), summary="Move a project to the trash")
def delete_project(request: Request, project_id: str) -> Any:
    project = permissions.project_for(request.user, project_id, "own")
    actions.trash_project(project)
    return success(message=f"{project.name} is in the trash.")


@router.get(
    PROJECT + "/folders",
    response=answers(schemas.Folders),
    exclude_unset=True,
    summary="All scenes of a project, in order",
)
def list_folders(request: Request, project_id: str) -> Any:
    project = permissions.project_for(request.user, project_id)
    scenes = mirror.with_everything(project.scenes.filter(trashed_at=None))
    return success({"folders": [mirror.scene_dict(scene) for scene in scenes]})


@router.post(
    PROJECT + "/folders", response=answers(schemas.Scene, 201), exclude_unset=True, summary="Make the next scene"
)
def create_folder(request: Request, project_id: str, payload: schemas.SceneName | None = None) -> Any:
    project = permissions.project_for(request.user, project_id, "change")
    scene = actions.create_scene(project, payload.name if payload else None)
    return Status(201, success(_scene(scene), f"Made {scene.name} in {scene.folder_name}/."))


@router.get(
    SCENE,
    response=answers(schemas.SceneWithExports),
    exclude_unset=True,
    summary="One scene, with what lies in exports/",
)
def show_folder(request: Request, project_id: str, scene_id: str) -> Any:
    scene = permissions.scene_for(request.user, project_id, scene_id)
    told = _scene(scene)
    return success(told | {"assets": told["assets"] | {"exports": _exports(scene)}})


@router.patch(SCENE, response=answers(schemas.Scene), exclude_unset=True, summary="Rename a scene, or move it")
def change_folder(request: Request, project_id: str, scene_id: str, payload: schemas.SceneChange) -> Any:
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    actions.change_scene(scene, name=payload.name, position=payload.position)
    return success(_scene(scene))


@router.delete(SCENE, response=answers(Nothing), summary="Move a scene to the trash")
def delete_folder(request: Request, project_id: str, scene_id: str) -> Any:
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    actions.trash_scene(scene)
    return success(message=f"{scene.name} is in the trash.")


@router.get(PROJECT + "/members", response=answers(schemas.Members), summary="Who belongs to a project")
def list_members(request: Request, project_id: str) -> Any:
    project = permissions.project_for(request.user, project_id)
    members = project.memberships.select_related("user").order_by("user__username")
    return success({"members": [_member(member) for member in members]})


@router.post(PROJECT + "/members", response=answers(schemas.Member, 201), summary="Let a person into a project")
def create_member(request: Request, project_id: str, payload: schemas.MemberName) -> Any:
    project = permissions.project_for(request.user, project_id, "own")
    member = people.add_member(project, payload.username, payload.role, may_spend=payload.maySpend)
    return Status(201, success(_member(member)))


@router.patch(MEMBER, response=answers(schemas.Member), summary="Change what a member may do")
def change_member(request: Request, project_id: str, username: str, payload: schemas.MemberChange) -> Any:
    project = permissions.project_for(request.user, project_id, "own")
    return success(_member(people.change_member(project, username, role=payload.role, may_spend=payload.maySpend)))


@router.delete(MEMBER, response=answers(Nothing), summary="Remove a member; everybody may remove themselves")
def delete_member(request: Request, project_id: str, username: str) -> Any:
    right: permissions.Right = "see" if username == request.user.username else "own"
    people.remove_member(permissions.project_for(request.user, project_id, right), username)
    return success(message=f"{username} no longer belongs to the project.")


def _told(request: Request, project: Project) -> dict[str, Any]:
    """As it is in the rows now."""
    return _project(permissions.project_for(request.user, project.slug))


def _project(project: Any) -> dict[str, Any]:
    """From one of `access.projects_of`."""
    return {
        "id": project.slug,
        "name": project.name,
        "createdAt": mirror.iso(project.created_at),
        "updatedAt": mirror.iso(project.changed_at),
        "sceneCount": project.scene_count,
    }


def _scene(scene: Scene) -> dict[str, Any]:
    """As it is in the rows now."""
    (found,) = mirror.with_everything(Scene.objects.filter(pk=scene.pk))
    return mirror.scene_dict(found)


def _exports(scene: Scene) -> list[dict[str, Any]]:
    return [
        {
            "fileName": file.name,
            "path": f"{scene.folder_name}/exports/{file.name}",
            "bytes": file.bytes,
            "modifiedAt": mirror.iso(file.modified),
        }
        for file in files.tree(scene.path / "exports").files
    ]


def _member(member: Membership) -> dict[str, Any]:
    # the owner may spend whatever the row says
    may_spend = permissions.allows(member, "spend")
    return {"username": member.user.username, "role": member.role, "maySpend": may_spend}
