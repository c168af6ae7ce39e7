"""Projects and scenes by the names that people type in a terminal."""

from __future__ import annotations

from django.contrib.auth.models import User

from projects import actions
from projects.access import permissions
from projects.actions.by_name import projects_by_name, scenes_by_name
from projects.models import Project, Scene


def find_project(user: User, name: str) -> Project | None:
    """Return the person's project with this id or name, however it is spelt. Raise Problem 422 when there are several.

    The names of all of them are read: a database cannot compare spellings.
    """
    return projects_by_name(permissions.projects_of(user)).find(name)


def find_or_create_scene(user: User, project_name: str, scene_name: str) -> Scene:
    """Return a scene by its id (`scene-1`) or name; the project and the scene are created when they are missing.

    Raise Problem 422 when there are several of a name.
    """
    project = find_project(user, project_name) or actions.create_project(user, project_name)
    scenes = project.scenes.filter(trashed_at=None).select_related("project")
    return scenes_by_name(scenes).find(scene_name) or actions.create_scene(project, scene_name)
