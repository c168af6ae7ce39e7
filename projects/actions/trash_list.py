"""What is in the trash, for whoever may restore it: projects, scenes and files, with what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from projects.models import Asset, Membership, Project, Scene

MAX_ENTRIES = 300
"""So many of each kind are listed, the newest of them."""


@dataclass(frozen=True)
class TrashEntry:
    """A deleted project, scene or file. What has no scene or is no file has None there."""

    kind: Literal["project", "scene", "file"]
    name: str
    project: Project
    scene: Scene | None
    asset_id: UUID | None
    trashed_at: datetime
    trashed_by: str | None
    """The name of who deleted it; None where that is not known, as of what was deleted by an earlier version."""
    scenes: int
    files: int
    bytes: int
    """The size of the files."""


def list_trash(user: User, project: Project | None = None) -> list[TrashEntry]:
    """Return what the person may restore, the newest first; with `project` only what is in the trash of that one."""
    mine = Membership.objects.filter(user=user)
    owned = mine.filter(role=Membership.Role.OWNER).values("project")
    editable = mine.filter(role__in=(Membership.Role.OWNER, Membership.Role.EDITOR)).values("project")
    projects = Project.objects.filter(pk__in=owned)
    living = Project.objects.filter(pk__in=editable, trashed_at=None)
    if project is not None:
        projects, living = projects.none(), living.filter(pk=project.pk)
    scenes = Scene.objects.filter(project__in=living)
    # of a deleted project or scene only the whole comes back
    entries = [*_projects(projects), *_scenes(scenes), *_files(scenes.filter(trashed_at=None))]
    return sorted(entries, key=lambda entry: entry.trashed_at, reverse=True)[:MAX_ENTRIES]


def _projects(projects: QuerySet[Project]) -> Iterator[TrashEntry]:
    living = Q(scenes__trashed_at=None, scenes__assets__trashed_at=None, scenes__assets__missing_since=None)
    rows = projects.exclude(trashed_at=None).annotate(
        scene_count=Count("scenes", filter=Q(scenes__trashed_at=None), distinct=True),
        file_count=Count("scenes__assets", filter=living),
        byte_count=Sum("scenes__assets__bytes", filter=living),
    )
    for row in rows.select_related("trashed_by").order_by("-trashed_at")[:MAX_ENTRIES]:
        yield _entry("project", row.name, row, row, scenes=row.scene_count, files=row.file_count, bytes=row.byte_count)


def _scenes(scenes: QuerySet[Scene]) -> Iterator[TrashEntry]:
    living = Q(assets__trashed_at=None, assets__missing_since=None)
    rows = scenes.exclude(trashed_at=None).annotate(
        file_count=Count("assets", filter=living), byte_count=Sum("assets__bytes", filter=living)
    )
    for row in rows.select_related("project", "trashed_by").order_by("-trashed_at")[:MAX_ENTRIES]:
        yield _entry("scene", row.name, row, row.project, scene=row, files=row.file_count, bytes=row.byte_count)


def _files(scenes: QuerySet[Scene]) -> Iterator[TrashEntry]:
    # no index serves the scene as it is written here: a database walks the trash, the newest first, and not all files
    trash = Asset.objects.alias(any_scene=Coalesce("scene_id", 0)).filter(any_scene__in=scenes.order_by().values("pk"))
    # what a clean-up has removed does not come back. The condition is that of the index, which SQLite compares
    newest = trash.filter(trashed_at__isnull=False, missing_since=None).order_by("-trashed_at")
    keys = list(newest.values_list("pk", flat=True)[:MAX_ENTRIES])
    for row in Asset.objects.filter(pk__in=keys).select_related("scene__project", "trashed_by").order_by():
        project = row.scene.project
        yield _entry("file", row.file_name, row, project, scene=row.scene, asset_id=row.pk, files=1, bytes=row.bytes)


def _entry(
    kind: Literal["project", "scene", "file"],
    name: str,
    row: Project | Scene | Asset,
    project: Project,
    *,
    scene: Scene | None = None,
    asset_id: UUID | None = None,
    scenes: int = 0,
    files: int = 0,
    bytes: int | None = 0,
) -> TrashEntry:
    by = row.trashed_by.get_username() if row.trashed_by else None
    # the queries leave out what is not in the trash
    trashed_at = cast(datetime, row.trashed_at)
    return TrashEntry(kind, name, project, scene, asset_id, trashed_at, by, scenes, files, bytes or 0)
