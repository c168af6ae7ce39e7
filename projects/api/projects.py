"""Projects as JSON."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from ninja import Router, Status

from projects import actions
from projects.access import permissions
from projects.api import schemas
from projects.models import Project
from projects.text.iso_time import iso_time
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success

router = Router(tags=["projects"])
PROJECT = "/projects/{project_id}"


@router.get("/projects", response=responses(schemas.Projects), summary="All projects, newest change first")
def list_projects(request: Request) -> Any:
    """Every project that you belong to."""
    return success({"projects": [_project_dict(project) for project in permissions.projects_of(request.user)]})


@router.post("/projects", response=responses(schemas.Project, 201), summary="Create a project")
def create_project(request: Request, payload: schemas.ProjectName) -> Any:
    """You become its owner. Its id is made from the name, and never changes."""
    project = actions.create_project(request.user, payload.name)
    return Status(201, success(reloaded(request, project), _("Created the project {name}.").format(name=project.name)))


@router.get(PROJECT, response=responses(schemas.Project), summary="One project")
def show_project(request: Request, project_id: str) -> Any:
    """404 for a project that you do not belong to."""
    return success(_project_dict(permissions.project_for(request.user, project_id)))


@router.patch(PROJECT, response=responses(schemas.Project), summary="Rename a project")
def change_project(request: Request, project_id: str, payload: schemas.ProjectChange) -> Any:
    """Its id and its folder keep their name."""
    project = permissions.project_for(request.user, project_id, "change")
    if payload.name is not None:
        actions.rename_project(project, payload.name)
    return success(reloaded(request, project))


@router.delete(PROJECT, response=responses(Nothing), summary="Move a project to the trash")
def delete_project(request: Request, project_id: str) -> Any:
    """For its owner only. 409 while one of its jobs is unfinished."""
    project = permissions.project_for(request.user, project_id, "own")
    actions.trash_project(project, request.user)
    return success(message=_("{name} is in the trash.").format(name=project.name))


def reloaded(request: Request, project: Project) -> dict[str, Any]:
    """Return the project as it is in the database now."""
    return _project_dict(permissions.project_for(request.user, project.slug))


def _project_dict(project: Any) -> dict[str, Any]:
    """Return a project as JSON. It must come from `permissions`, which adds `changed_at` and `scene_count`."""
    return {
        "id": project.slug,
        "name": project.name,
        "createdAt": iso_time(project.created_at),
        "updatedAt": iso_time(project.changed_at),
        "sceneCount": project.scene_count,
    }
