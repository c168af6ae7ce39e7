"""Projects and scenes by the names that people type in a terminal."""

from __future__ import annotations

from django.contrib.auth.models import User

from projects import actions
from projects.access import permissions
from projects.models import Project, Scene


def find_project(user: User, name: str) -> Project | None:
    """Return the person's project with this id or, when there is none, with this name."""
    projects = permissions.projects_of(user)
    return projects.filter(slug=name).first() or projects.filter(name=name).first()


def find_or_create_scene(user: User, project_name: str, scene_name: str) -> Scene:
    """Return a scene by its id (`scene-1`) or name; the project and the scene are created when they are missing."""
    project = find_project(user, project_name) or actions.create_project(user, project_name)
    scenes = project.scenes.filter(trashed_at=None)
    same = (scene for scene in scenes if scene_name in (scene.folder_name, scene.name))
    return next(same, None) or actions.create_scene(project, scene_name)
