"""What apps above say of files that must stay, and of their caches. They register with `ProjectsConfig`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol, cast
from uuid import UUID

from django.apps import apps
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from projects.apps import ProjectsConfig
from projects.models import Asset, Project
from projects.problems import conflict


@dataclass(frozen=True)
class CacheFile:
    """A file that can be made again."""

    name: str
    """Below DATA_DIR."""
    bytes: int


class FileUser(Protocol):
    """An app that uses files of projects, or keeps copies of them."""

    def assets_in_use(self, project: Project) -> set[UUID]:
        """Return the ids of the files that the app needs as long as the project lives."""
        ...

    def needs_now(self, asset: Asset) -> bool:
        """Return whether work that has not ended reads the file where it lies."""
        ...

    def note_on_deletion(self, asset: Asset) -> str:
        """Return a sentence on what the app shows without that file; empty where it does not use it."""
        ...

    def old_cache_files(self, before: datetime, *, remove: bool) -> Iterator[CacheFile]:
        """Yield the files of its caches that nobody has used since, and remove each before it is yielded on demand."""
        ...


@cache
def file_users() -> tuple[FileUser, ...]:
    """Return what each app that has registered itself says."""
    # by their paths, since this app must not import those above it
    config = cast(ProjectsConfig, apps.get_app_config("projects"))
    return tuple(import_string(path)() for path in config.file_users)


def check_unneeded(asset: Asset) -> None:
    """Raise Problem 409 while an export that has not ended reads the file where it lies."""
    if any(user.needs_now(asset) for user in file_users()):
        raise conflict(
            _("An export that has not ended needs this file: wait for it, or cancel it first."), "unfinished_exports"
        )
