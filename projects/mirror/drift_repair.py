"""Bring rows and folder together where they disagree. Nothing is deleted, and each step can be done again."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from projects.disk.atomic import is_abandoned
from projects.disk.layout import KIND_BY_FOLDER, TRASH
from projects.disk.media_files import file_time
from projects.disk.trash import move_to_trash
from projects.mirror import contributions, scan, write
from projects.mirror.drift import Drift, Finding, Kind
from projects.mirror.file_quality import inspect
from projects.mirror.moved import follow_file
from projects.mirror.scene_file import PROJECT_FILE
from projects.mirror.take_in import take_in
from projects.mirror.take_in_project import take_in_project
from projects.models import Asset, Project, Scene
from projects.models.locks import lock_scenes_of, locked_scene
from projects.problems import Problem

logger = logging.getLogger("dailies.mirror")


def repair(drift: Drift) -> int:
    """Repair what can be repaired of a project, and return how many findings are settled."""
    remember_times(drift)
    for scene, key in drift.back:
        with transaction.atomic():
            write.changed(scene)
            Asset.objects.filter(pk=key).update(missing_since=None)
    settled = 0
    scanned: set[int] = set()
    # what moved is followed before anything counts as new
    for finding in sorted(drift.findings, key=lambda finding: _ORDER[finding.kind]):
        try:
            settled += _repair(drift.project, finding, scanned)
        except (Problem, OSError, write.FolderIsNewer) as error:
            logger.warning("mirror %s not repaired: %s", finding.path, error)
    return settled


def is_noted(finding: Finding) -> bool:
    """Return whether a finding is a file that is known to be missing."""
    if finding.kind != Kind.MISSING or finding.asset is None:
        return False
    return Asset.objects.filter(pk=finding.asset, missing_since__isnull=False).exists()


def remember_times(drift: Drift) -> None:
    """Store the times of the files that were read, so that they are not read again."""
    rows = [Asset(pk=key, file_time=time) for key, time in drift.times.items()]
    Asset.objects.bulk_update(rows, ["file_time"], batch_size=400)


_ORDER = {
    kind: number
    for number, kind in enumerate(
        (Kind.MOVED, Kind.RENAMED, Kind.CHANGED, Kind.EXTRA, Kind.MISSING, Kind.HALF_WRITTEN, Kind.BEHIND)
    )
}


def _repair(project: Project, finding: Finding, scanned: set[int]) -> bool:
    scene = finding.scene
    match finding.kind:
        case Kind.MOVED if scene:
            return _follow(finding, scene)
        case Kind.RENAMED | Kind.EXTRA if scene:
            if scene.pk not in scanned:
                scanned.add(scene.pk)
                scan.scan_folders(scene)
            kind = KIND_BY_FOLDER[finding.file.parent.name]
            return scene.assets.filter(kind=kind, file_name=finding.file.name, trashed_at=None).exists()
        case Kind.EXTRA:
            return _add_scene(project, finding)
        case Kind.CHANGED if finding.asset:
            return read_again(finding.asset)
        case Kind.CHANGED if scene:
            take_in(Scene.objects.select_related("project").get(pk=scene.pk))
            return True
        case Kind.MISSING:
            return _note_missing(finding)
        case Kind.HALF_WRITTEN:
            return _set_aside(project, finding)
    return _write(project, finding)


def _follow(finding: Finding, scene: Scene) -> bool:
    if finding.asset is None:
        return False
    with transaction.atomic():
        lock_scenes_of(scene.project)
        before = Scene.objects.get(assets=finding.asset)
        kind = KIND_BY_FOLDER[finding.file.parent.name]
        if not follow_file(scene, finding.asset, kind, finding.file.name):
            return False
        asset = Asset.objects.select_related("scene__project").get(pk=finding.asset)
        contributions.jobs().follow_asset(asset, before)
        write.changed(before)
        write.changed(scene)
    return True


def _add_scene(project: Project, finding: Finding) -> bool:
    with transaction.atomic():
        lock_scenes_of(project)
        take_in_project(project, rebuild=True)
    scene = project.scenes.filter(number=int(finding.file.name.partition("-")[2]), trashed_at=None).first()
    if scene:
        scan.scan_folders(scene)
    return scene is not None


def read_again(key: UUID) -> bool:
    """Bring the row of a file up to its content, which a person has changed; False for a file that cannot be used."""
    asset = Asset.objects.select_related("scene__project").get(pk=key)
    time = file_time(asset.path)
    try:
        media = inspect(asset.path, asset.kind)
    except (FileNotFoundError, Problem):
        return False
    values = {"bytes": media.bytes, "sha256": media.sha256, "mime_type": media.mime_type, "file_time": time}
    size = {"width": media.width, "height": media.height, "duration": media.duration, "has_sound": media.has_sound}
    with transaction.atomic():
        write.changed(asset.scene)
        Asset.objects.filter(pk=asset.pk).update(missing_since=None, **values, **size)
    return True


def _note_missing(finding: Finding) -> bool:
    """Note on its row that a file is missing, which is all that can be done; a folder is made again."""
    if finding.asset is None:
        if finding.scene is None:
            return False
        write.make_folders(finding.scene)
        return True
    with transaction.atomic():
        # the scene locked: a file that the program renames or moves is missing for a moment
        asset = Asset.objects.select_related("scene__project").get(pk=finding.asset)
        locked_scene(asset.scene)
        asset.refresh_from_db()
        if not asset.path.is_file() and asset.trashed_at is None and asset.missing_since is None:
            write.changed(asset.scene)
            Asset.objects.filter(pk=asset.pk).update(missing_since=timezone.now())
    return False


def _set_aside(project: Project, finding: Finding) -> bool:
    """Move to the trash what a dead writer has left; a file that a person copies is left alone."""
    if not finding.file.name.startswith(".") or contributions.jobs().is_busy(project):
        return False
    if not is_abandoned(finding.file):
        return False
    move_to_trash(finding.file, project.path / TRASH / "unfinished")
    return True


def _write(project: Project, finding: Finding) -> bool:
    if finding.file.name == PROJECT_FILE:
        write.write_project(project.pk)
        return True
    if finding.scene is None:
        return False
    # a scene.json that was removed by hand has a row that takes it for written
    Scene.objects.filter(pk=finding.scene.pk).update(mirrored_version=0)
    return write.write_scene(finding.scene.pk)
