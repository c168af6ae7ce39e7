"""Make an export: claim its row, render, give the file its name, and write what it was made from beside it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from film.engine.claim import ExportClaim, hold
from film.engine.stored_files import StoredFile, inputs_of, store
from film.models import Export
from film.render.export import export as render
from film.render.film import Rendered, Request
from film.render.plan import Card
from film.render.process import Cancelled, Control, RenderFailed
from film.render.profiles import profile_named
from projects.disk.atomic import IncomingFile
from projects.disk.room import is_out_of_room
from projects.problems import Problem, disk_full, reason_of
from projects.text.iso_time import iso_time

logger = logging.getLogger("dailies.exports")

Status = Export.Status
SEGMENTS = "segments"
"""In DATA_DIR."""
# a film that ends its worker is not begun again for ever
MAX_ATTEMPTS = 5


def make_export(export_id: str, on_progress: Callable[[float], None] = lambda part: None) -> None:
    """Make an export, unless it is finished or another process has it. Failures are written into its row."""
    with hold(export_id) as claim:
        if claim is None:
            return
        if claim.export.cancel_requested_at:
            _end(claim, Status.CANCELLED, "")
        elif claim.export.attempts >= MAX_ATTEMPTS:
            _fail(claim, _("The export crashed several times. Try another profile."))
        else:
            _make(claim, on_progress)


def _make(claim: ExportClaim, on_progress: Callable[[float], None]) -> None:
    export = claim.export
    begun = {"status": Status.RUNNING, "started_at": timezone.now(), "progress": 0.0, "attempts": export.attempts + 1}
    if not export.write(claim=claim.token, only=(Status.QUEUED, Status.RUNNING), **begun):
        return
    export.publish("started")
    try:
        # the files of a dead worker are removed at the next start, by the lock that ended with it
        with IncomingFile(export.folder) as incoming:
            rendered = _render(claim, incoming.path, on_progress)
            _finish(claim, store(export, rendered, incoming), rendered)
    except Cancelled:
        _stopped(claim)
    except Problem as problem:
        _fail(claim, problem.message)
    except RenderFailed as error:
        logger.error("export %s: %s", export.pk, error)
        _fail(claim, _("The film could not be rendered. The details are in the studio's log."))
    except OSError as error:
        logger.exception("export %s", export.pk)
        message = _("The file could not be written: {reason}.").format(reason=reason_of(error))
        _fail(claim, disk_full().message if is_out_of_room(error) else message)


def _render(claim: ExportClaim, target: Path, on_progress: Callable[[float], None]) -> Rendered:
    export = claim.export
    options = export.chosen_options
    slate = _slate(export) if options.slate else None
    request = Request(export.timeline, profile_named(export.profile), options, export.project.path, target, slate)
    segments = Path(settings.DATA_DIR) / SEGMENTS
    segments.mkdir(parents=True, exist_ok=True)

    def tell(part: float) -> None:
        claim.progress = part
        on_progress(part)

    return render(request, segments, Control(claim.stop.is_set, tell), settings.SEGMENTS_MAX_BYTES)


def _slate(export: Export) -> Card:
    timeline = export.timeline
    lines = (
        _("Version {cut_version}").format(cut_version=export.cut_version),
        _("{width} × {height}, {name} frames a second").format(
            width=timeline.width, height=timeline.height, name=timeline.rate.name
        ),
        _("{timecode} long").format(timecode=timeline.rate.timecode(timeline.length)),
    )
    return Card(timeline.name, "\n".join(lines), (iso_time(export.created_at) or "")[:10])


def _finish(claim: ExportClaim, file: StoredFile, rendered: Rendered) -> None:
    export = claim.export
    done = export.write(
        claim=claim.token,
        only=(Status.RUNNING,),
        status=Status.COMPLETED,
        progress=1.0,
        file_name=file.name,
        bytes=file.bytes,
        sha256=file.sha256,
        segments_total=rendered.total,
        segments_reused=rendered.reused,
        report=rendered.report,
        media=inputs_of(rendered),
        error="",
        finished_at=timezone.now(),
    )
    if not done:
        # somebody else has the row: nobody would know of this file
        file.remove()
        return
    export.publish("completed")


def _stopped(claim: ExportClaim) -> None:
    """End what somebody cancelled; what the worker's stop has interrupted goes on later, from its segments."""
    claim.export.refresh_from_db()
    if claim.export.cancel_requested_at:
        _end(claim, Status.CANCELLED, "")
    else:
        # not the export's fault
        claim.export.write(claim=claim.token, status=Status.QUEUED, attempts=max(claim.export.attempts - 1, 0))


def _fail(claim: ExportClaim, message: str) -> None:
    _end(claim, Status.FAILED, message)


def _end(claim: ExportClaim, status: Export.Status, message: str) -> None:
    if claim.export.write(claim=claim.token, status=status, error=message, finished_at=timezone.now()):
        claim.export.publish("failed")
