"""cut.otio in a project's folder: the cut as it plays now, with paths of media relative to the folder.

It is written after each change of the cut, and by the sweep after changes of scenes, such as a take that has arrived.
To write a long film takes several times as long as to change it: that one is left to the sweep, too, which writes once
what may be many edits by then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F

from film import timelines
from film.document.timeline import Timeline
from film.handover.otio.writer import write_otio
from film.models import CutFile, ProjectCut
from projects import mirror
from projects.disk.atomic import write_atomically
from projects.disk.locks import file_lock
from projects.mirror.locks import project_files_locked
from projects.models import Project

logger = logging.getLogger("dailies.mirror")

CUT_FILE = "cut.otio"
CUT_DOCUMENT = "cut.json"
# of one round of the sweep; the others wait for the next
MOST_AT_ONCE = 20
LONG = 200
"""From so many clips, sounds, captions, titles and markers on, the sweep writes a film and not who changes it."""


def changed(cut: ProjectCut) -> None:
    """Note, in the transaction that changes a cut, that its files are to be written: cut.otio and cut.json."""
    note_change(cut.project_id)
    if _parts(cut) >= LONG:
        return
    mirror.changed_document(cut.project)

    # an inner function: Django 5.2 cannot log a failing functools.partial
    def write() -> None:
        write_cut(cut.project_id)

    # robust: the rows are committed, so the caller has succeeded whatever the disk says
    transaction.on_commit(write, robust=True)


def _parts(cut: ProjectCut) -> int:
    document = cut.revision.document if cut.revision else {}
    return sum(len(part) for part in document.values() if isinstance(part, list))


def note_change(project_pk: int) -> None:
    """Note that the file of a project is behind."""
    if not CutFile.objects.filter(project=project_pk).update(version=F("version") + 1):
        CutFile.objects.bulk_create([CutFile(project_id=project_pk)], ignore_conflicts=True)


def write_cut(project_pk: int) -> Timeline | None:
    """Write cut.otio if it is behind, and return what it shows; one writer at a time, who reads the rows when alone."""
    # one for all projects: no lock file stands in a person's folder
    with file_lock(Path(settings.PROJECTS_ROOT) / ".cuts.lock"):
        row = CutFile.objects.filter(project=project_pk, written_version__lt=F("version")).first()
        project = Project.objects.filter(pk=project_pk, trashed_at=None).first()
        if row is None or project is None or not project.path.is_dir():
            return None
        timeline = timelines.load_timeline(project, alternates=True)
        if not _replace(project.path / CUT_FILE, write_otio(timeline)):
            return None
        CutFile.objects.filter(pk=row.pk).update(written_version=row.version)
    return timeline


def _replace(path: Path, content: bytes) -> bool:
    """Write the file unless its folder is gone; one that says the same keeps its time, so that backups skip it."""
    # the lock: the project must not move to the trash between the question and the answer
    with project_files_locked():
        if path.parent.is_dir() and not (path.is_file() and path.read_bytes() == content):
            write_atomically(path, content)
        return path.parent.is_dir()


def write_behind(on_written: Callable[[Timeline], None] = lambda timeline: None) -> int:
    """Write the files that are behind, some of many, and tell what each shows; return how many were written."""
    behind = CutFile.objects.filter(written_version__lt=F("version"), project__trashed_at=None)
    written = 0
    for key in list(behind.values_list("pk", flat=True)[:MOST_AT_ONCE]):
        try:
            # first the one that has no mark of its own
            mirror.write_document(key, CUT_DOCUMENT)
            if timeline := write_cut(key):
                on_written(timeline)
                written += 1
        except OSError as error:
            logger.warning("mirror project=%s cut not written: %s", key, error)
        except Exception:
            # one cut must not hold up the others, nor the start of the studio
            logger.exception("mirror project=%s cut not written", key)
    return written
