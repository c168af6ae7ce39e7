"""What a crash, or a database from a backup, has left apart: rows and folders are brought together again."""

from __future__ import annotations

import logging
from pathlib import Path

from django.conf import settings
from django.db.models import F

from projects.disk.atomic import remove_abandoned
from projects.mirror import contributions
from projects.mirror.followers import followers
from projects.mirror.take_in import take_in
from projects.mirror.take_in_project import take_in_project
from projects.mirror.trash import finish_trashing
from projects.mirror.write import FolderIsNewer, write_project, write_scene
from projects.models import Project, Scene

logger = logging.getLogger("dailies.mirror")


def write_behind() -> int:
    """Write every scene.json that is older than its row, and what other apps keep; return how many scene.json were.

    A scene whose file is newer than the rows is taken in first.
    """
    behind = Scene.objects.filter(trashed_at=None, project__trashed_at=None, mirrored_version__lt=F("version"))
    written = 0
    for key in behind.values_list("pk", flat=True):
        try:
            # one that cannot be written, such as in a folder without rights, must not hold up the others
            written += _write(key)
        except OSError as error:
            logger.warning("mirror scene=%s not written: %s", key, error)
    for follower in followers():
        follower.write_behind()
    return written


def _write(scene_pk: int) -> bool:
    try:
        return write_scene(scene_pk)
    except FolderIsNewer:
        # it writes the file itself, after its commit
        take_in(Scene.objects.select_related("project").get(pk=scene_pk))
        return True


def take_in_newer() -> None:
    """Bring the rows up to folders that went on since the backup of the database; before anything else is done."""
    jobs = 0
    for project in Project.objects.all():
        try:
            result = take_in_project(project)
        except OSError as error:
            logger.warning("mirror project=%s not read: %s", project.slug, error)
            continue
        jobs += result.jobs
        for note in result.notes:
            logger.warning("mirror %s", note)
    if jobs:
        contributions.jobs().finish_rebuild()


def at_start() -> None:
    """Finish what a crash may have left half done: temporary files, folders on their way to the trash, old files."""
    for root in (Path(settings.PROJECTS_ROOT), Path(settings.DATA_DIR) / "cache"):
        # a process that still writes one holds its lock, and that one stays
        remove_abandoned(root)
    finish_trashing()
    for key in Project.objects.filter(trashed_at=None).values_list("pk", flat=True):
        try:
            write_project(key)
        except OSError as error:
            logger.warning("mirror project=%s not written: %s", key, error)
    write_behind()
