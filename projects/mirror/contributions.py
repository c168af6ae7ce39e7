"""What another app adds to projects, scenes and files: registered by it, so that this app knows no jobs.

The generation app registers its class with `ProjectsConfig.register_contributor()` in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Exists
from django.utils.module_loading import import_string

from projects.apps import ProjectsConfig
from projects.mirror.records import Record
from projects.models import Asset, Project, Scene


@dataclass(frozen=True)
class SceneFiles:
    """What the jobs of a scene add to its metadata."""

    generation: dict[str, list[Any]] = field(default_factory=dict)
    """The part of scene.json of that name: requests and what they made, by kind of output."""
    is_generating: bool = False
    sidecars: Mapping[str, Callable[[], dict[str, Any]]] = field(default_factory=dict)
    """The record of each generated file, by its name in `metadata/`; made only where it is missing."""
    records: Mapping[str, Record] = field(default_factory=dict)
    """The record of each job, by its id: its events, what it cost, and its other columns."""


@dataclass(frozen=True)
class SceneActivity:
    """What goes on in a scene: the progress of each unfinished take in percent, and its newest take's state."""

    progress: tuple[int, ...] = ()
    newest_take: int | None = None
    newest_status: str = ""


@dataclass(frozen=True)
class ProjectWork:
    """Credits charged for a project, and the number of its unfinished jobs."""

    spent: Decimal = Decimal(0)
    unfinished: int = 0


@dataclass(frozen=True)
class ProjectCredits:
    """Credits charged for a project, and credits that may still be charged."""

    spent: Decimal = Decimal(0)
    held: Decimal = Decimal(0)


@dataclass(frozen=True)
class RestoredJobs:
    """How many jobs a scene got from its folder, or had moved, and the highest number of each kind of output."""

    count: int = 0
    highest: Mapping[str, int] = field(default_factory=dict)


class Contributor(Protocol):
    """The answers of an app that keeps jobs. Mappings may leave out what has nothing to tell."""

    def scene_files(self, scenes: Sequence[Scene], newest: int | None = None) -> Mapping[int, SceneFiles]:
        """Return what scene.json and `metadata/` show besides files, by scene id, in a fixed number of queries.

        With `newest` only so many requests of each scene.
        """
        ...

    def restore_jobs(self, scene: Scene, folder: Path, data: Mapping[str, Any], notes: list[str]) -> RestoredJobs:
        """Bring the rows of a scene's jobs up to its folder, and to `data` of the scene.json in it.

        An entry that is left out is named in `notes`.
        """
        ...

    def jobs_elsewhere(self, scene: Scene, ids: Iterable[UUID]) -> set[str]:
        """Return the ids of those jobs that have a row in another scene of the project."""
        ...

    def follow_asset(self, asset: Asset, before: Scene) -> None:
        """Let what made a file follow it, in a transaction: a person has moved the file here from scene `before`."""
        ...

    def adopted_requests(self, generation: object) -> dict[str, Any]:
        """Return the part `generation` of a scene.json of another studio, without what speaks for its people."""
        ...

    def adopted_record(self, record: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the record of a job of another studio, without what it cost there; None to leave it out."""
        ...

    def has_any(self, keys: Sequence[UUID]) -> bool:
        """Return whether one of these ids is that of a row here."""
        ...

    def finish_rebuild(self) -> None:
        """Make what else comes from the rows of jobs, after all of them were restored."""
        ...

    def is_busy(self, row: Project | Scene | Asset) -> bool:
        """Return whether an unfinished job needs it, so that it cannot be deleted."""
        ...

    def scene_activity(self, project: Project, scenes: Iterable[int]) -> Mapping[int, SceneActivity]:
        """Return what goes on in scenes of a project, by scene id, in a fixed number of queries."""
        ...

    def project_work(self, projects: Iterable[int]) -> Mapping[int, ProjectWork]:
        """Return what several projects cost and how many jobs are unfinished, by project id, in one query."""
        ...

    def project_credits(self, project: Project) -> ProjectCredits:
        """Return the credits of one project."""
        ...

    def rejected_before(self, moment: datetime) -> Exists:
        """Return the condition, within a query over assets, that a take was rejected, and left alone since `moment`."""
        ...

    def assets_in_use(self, project: Project) -> set[UUID]:
        """Return the ids of the files that unfinished jobs and chosen takes need."""
        ...

    def unwanted_takes(self) -> Exists:
        """Return the condition, within a query over assets, that a take was rejected or has failed quality control."""
        ...


class ProjectDocument(Protocol):
    """A document of another app in a project's folder, beside project.json."""

    name: str
    """Of the file, such as cut.json."""

    def document(self, project: Project) -> dict[str, Any] | None:
        """Return what the rows say, without the number of the format; None while there is nothing to say."""
        ...

    def restore(self, project: Project, data: Mapping[str, Any], notes: list[str]) -> None:
        """Make the rows of a project that has none yet; what makes none is named in `notes`."""
        ...

    def adopted(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document of another studio, without what speaks for its people or spends."""
        ...


@cache
def documents() -> Sequence[ProjectDocument]:
    """Return the registered documents, in the order in which they are restored."""
    paths = cast(ProjectsConfig, apps.get_app_config("projects")).documents
    return [import_string(path)() for path in paths]


@cache
def jobs() -> Contributor:
    """Return the registered contributor. Raise ImproperlyConfigured when no app has registered one."""
    # by its path, since this app must not import the one above it
    path = cast(ProjectsConfig, apps.get_app_config("projects")).contributor
    if not path:
        raise ImproperlyConfigured("No app has registered itself as the contributor of jobs.")
    contributor: Contributor = import_string(path)()
    return contributor
