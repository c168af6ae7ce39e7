"""Apps above that keep files of their own in a project's folder: they hear of each change that the folder shows."""

from __future__ import annotations

from functools import cache
from typing import Protocol, cast

from django.apps import apps
from django.utils.module_loading import import_string

from projects.apps import ProjectsConfig


class Follower(Protocol):
    """What an app does when a project's files are written. It is registered with `ProjectsConfig`."""

    def note_change(self, project_pk: int) -> None:
        """Note, before scene.json or project.json counts as written, that files of the app are behind."""
        ...

    def write_behind(self) -> int:
        """Write the files that are behind, and return how many were written. The sweep calls it every few seconds."""
        ...


@cache
def followers() -> tuple[Follower, ...]:
    """Return a follower of each app that has registered one."""
    # by their paths, since this app must not import those above it
    config = cast(ProjectsConfig, apps.get_app_config("projects"))
    return tuple(import_string(path)() for path in config.followers)
