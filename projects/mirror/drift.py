"""Where the rows of a project and its folder disagree. Nothing that anybody sees is changed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from projects.disk.layout import FOLDER_BY_KIND, scene_number
from projects.disk.media import sha256_of
from projects.disk.media_files import MediaFile, media_files, temporary_files
from projects.disk.tree import list_folders
from projects.mirror import mirrored
from projects.mirror.file_quality import why_not_ours
from projects.mirror.scene_file import PROJECT_FILE, SCENE_FILE
from projects.models import Asset, Project, Scene

_SCENES_AT_ONCE = 200


class Kind(StrEnum):
    """In which way a row and a file disagree."""

    MISSING = "missing"
    EXTRA = "extra"
    RENAMED = "renamed"
    MOVED = "moved"
    CHANGED = "changed"
    HALF_WRITTEN = "half-written"
    BEHIND = "behind"


@dataclass(frozen=True)
class Finding:
    """One disagreement: what is wrong with which path below PROJECTS_ROOT."""

    kind: Kind
    path: str
    detail: str
    file: Path
    scene: Scene | None = None
    """The scene in whose folder the file lies."""
    asset: UUID | None = None


class Row(NamedTuple):
    """What a row says of a file."""

    scene_id: int
    pk: UUID
    kind: str
    name: str
    bytes: int
    sha256: str
    time: int | None
    missing_since: datetime | None


@dataclass
class Drift:
    """What was found in one project, and the times of files that were read and are as their rows say."""

    project: Project
    findings: list[Finding] = field(default_factory=list)
    times: dict[UUID, int] = field(default_factory=dict)
    back: list[tuple[Scene, UUID]] = field(default_factory=list)
    """Files that were missing, and are there again."""
    lost: list[tuple[Scene, Row]] = field(default_factory=list)
    unknown: list[tuple[Scene, MediaFile]] = field(default_factory=list)

    def add(
        self, kind: Kind, path: Path, detail: str, *, scene: Scene | None = None, asset: UUID | None = None
    ) -> None:
        """Add a finding."""
        shown = path.relative_to(self.project.path.parent).as_posix()
        # a name on disk need not be text
        shown = shown.encode(errors="surrogateescape").decode(errors="replace")
        self.findings.append(Finding(kind, shown, detail, path, scene, asset))


def find_drift(project: Project, *, deep: bool = False) -> Drift:
    """Compare the rows of a project with its folder; with `deep` every file is read, else those that have changed."""
    drift = Drift(project)
    if not project.path.is_dir():
        drift.add(Kind.MISSING, project.path, _("The folder of the project is missing."))
        return drift
    scenes = list(project.scenes.filter(trashed_at=None).order_by("number"))
    _compare_media(drift, scenes, deep=deep)
    _find_folders(drift, {scene.number for scene in scenes})
    _find_old_documents(drift, scenes)
    for path in temporary_files(project.path):
        drift.add(Kind.HALF_WRITTEN, path, _("It is not completely written yet."))
    return drift


def find_media_drift(project: Project, numbers: set[int] | None = None) -> Drift:
    """Compare the media of some scenes of a project, or of all, and of those from which something is missing."""
    drift = Drift(project)
    scenes = project.scenes.filter(trashed_at=None).order_by("number")
    if numbers is not None:
        missing = Asset.objects.filter(scene__project=project, trashed_at=None, missing_since__isnull=False)
        scenes = scenes.filter(Q(number__in=numbers) | Q(pk__in=missing.values("scene")))
    _compare_media(drift, list(scenes), deep=False)
    return drift


def _compare_media(drift: Drift, scenes: Sequence[Scene], *, deep: bool) -> None:
    for some in batched_scenes(scenes):
        rows = _rows(some)
        for scene in some:
            scene.project = drift.project
            _compare_scene(drift, scene, rows.get(scene.pk, {}), deep=deep)
    _match_by_content(drift)


def batched_scenes(scenes: Sequence[Scene]) -> Iterator[Sequence[Scene]]:
    """Yield scenes in groups, whose files are loaded by one query."""
    for start in range(0, len(scenes), _SCENES_AT_ONCE):
        yield scenes[start : start + _SCENES_AT_ONCE]


def _rows(scenes: Sequence[Scene]) -> dict[int, dict[tuple[str, str], Row]]:
    """Return the rows of files by scene, and then by kind and name."""
    assets = Asset.objects.filter(scene__in=scenes, trashed_at=None).order_by()
    columns = ("scene_id", "pk", "kind", "file_name", "bytes", "sha256", "file_time", "missing_since")
    by_scene: dict[int, dict[tuple[str, str], Row]] = {}
    for values in assets.values_list(*columns).iterator(5000):
        row = Row(*values)
        by_scene.setdefault(row.scene_id, {})[row.kind, row.name] = row
    return by_scene


def _compare_scene(drift: Drift, scene: Scene, rows: dict[tuple[str, str], Row], *, deep: bool) -> None:
    folder = scene.path
    if not folder.is_dir():
        drift.add(Kind.MISSING, folder, _("The folder of the scene is missing."), scene=scene)
    for file in media_files(folder):
        row = rows.pop((file.kind, file.name), None)
        if row is None:
            drift.unknown.append((scene, file))
        elif deep or (row.bytes, row.time) != (file.bytes, file.time):
            _compare_content(drift, scene, row, file)
        if row and row.missing_since:
            drift.back.append((scene, row.pk))
    drift.lost += ((scene, row) for row in rows.values())


def _compare_content(drift: Drift, scene: Scene, row: Row, file: MediaFile) -> None:
    path = path_of(scene, file)
    if row.bytes == file.bytes and sha256_of(path) == row.sha256:
        drift.times[row.pk] = file.time
        return
    detail = _("Its content has changed: {bytes} bytes, {row_bytes} before.").format(
        bytes=file.bytes, row_bytes=row.bytes
    )
    drift.add(Kind.CHANGED, path, detail, scene=scene, asset=row.pk)


def _match_by_content(drift: Drift) -> None:
    """Tell files that were renamed or moved from those that are new, and from those that are gone."""
    # only a file of the same size can be the same one
    sizes = {(row.kind, row.bytes) for _, row in drift.lost}
    lost: dict[tuple[str, str], list[tuple[Scene, Row]]] = {}
    for scene, row in drift.lost:
        lost.setdefault((row.kind, row.sha256), []).append((scene, row))
    for scene, file in drift.unknown:
        path = path_of(scene, file)
        same = lost.get((file.kind, sha256_of(path)), []) if (file.kind, file.bytes) in sizes else []
        if not same:
            refusal = why_not_ours(path, file.kind)
            kind = Kind.HALF_WRITTEN if refusal and refusal.is_damaged else Kind.EXTRA
            drift.add(kind, path, refusal.message if refusal else _("It is not in the database."), scene=scene)
            continue
        before, row = next((each for each in same if each[0].pk == scene.pk), same[0])
        same.remove((before, row))
        is_renamed = before.pk == scene.pk
        detail = _("It was {folder_name}/{folder_by_kind}/{name}.").format(
            folder_name=before.folder_name, folder_by_kind=FOLDER_BY_KIND[row.kind], name=row.name
        )
        drift.add(Kind.RENAMED if is_renamed else Kind.MOVED, path, detail, scene=scene, asset=row.pk)
    for scene, row in (each for group in lost.values() for each in group):
        path = scene.path / FOLDER_BY_KIND[row.kind] / row.name
        drift.add(Kind.MISSING, path, _("The file is missing."), scene=scene, asset=row.pk)


def _find_folders(drift: Drift, known: set[int]) -> None:
    for path in list_folders(drift.project.path):
        number = scene_number(path.name)
        if number and number not in known:
            drift.add(Kind.EXTRA, path, _("The folder of a scene that is not in the database."))


def _find_old_documents(drift: Drift, scenes: Sequence[Scene]) -> None:
    for scene in scenes:
        path = scene.path / "metadata" / SCENE_FILE
        if (state := mirrored.scene_file_state(scene, path)) == mirrored.BEHIND:
            drift.add(Kind.BEHIND, path, _("It is older than the database."), scene=scene)
        elif state == mirrored.AHEAD:
            drift.add(Kind.CHANGED, path, _("It is newer than the database."), scene=scene)
    if not mirrored.is_project_file_current(drift.project):
        drift.add(Kind.BEHIND, drift.project.path / PROJECT_FILE, _("It is older than the database."))


def path_of(scene: Scene, file: MediaFile) -> Path:
    """Return where a file lies."""
    return scene.path / FOLDER_BY_KIND[file.kind] / file.name
