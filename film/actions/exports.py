"""Ask for exports of a film, cancel them, and try them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from film import timelines
from film.document.timeline import Timeline
from film.models import Export
from film.render import snapshot
from film.render.options import Options, check_options
from film.render.profiles import ON_PAPER, Profile, profile_named
from film.timelines.scene_range import scene_range
from generation.engine import queues
from projects.models import Project
from projects.models.locks import locked_project
from projects.problems import conflict, too_many, wrong_field

Status = Export.Status
QUEUE = "export"
MAX_UNFINISHED = 50
"""Of one project."""


def exports_of(project: Project) -> QuerySet[Export]:
    """Return the exports of a project, newest first."""
    return Export.objects.filter(project=project).select_related("project")


def create_export(
    project: Project, user: User | None, profile: str, options: Options, *, scene: str | None = None, nudge: bool = True
) -> Export:
    """Ask for a file of the film as it is now, or of the part in which a scene plays, and return the export.

    The same film with the same settings is the same export: one that is finished and has its file, or is on its way.
    Raise Problem 422 for wrong settings, 409 for an empty film, 429 where too many wait.
    """
    chosen = profile_named(profile)
    # a film shows no prompt of a take, so the same film has the same key whatever they say
    timeline = timelines.load_timeline(project, prompts=chosen.kind in ON_PAPER)
    if not timeline.length:
        raise conflict(_("The film is empty: add a scene first."), "empty_cut")
    if scene is not None:
        options = _of_scene(options, timeline, scene)
    return _request(project, user, chosen, options, timeline, nudge=nudge)


def create_again(project: Project, user: User | None, manifest: Mapping[str, Any], *, nudge: bool = True) -> Export:
    """Ask for the film of an export's manifest once more, whatever has become of the cut, and return the export.

    Raise Problem 422 for what is no manifest of this version's, and as `create_export()` does.
    """
    try:
        chosen, options = profile_named(manifest["profile"]), Options.from_json(manifest["options"])
        timeline = snapshot.from_json(manifest["cut"])
    except (AttributeError, KeyError, TypeError, ValueError):
        raise wrong_field("manifest", _("The file is no manifest of an export.")) from None
    if any(medium.path.startswith("/") or ".." in medium.path.split("/") for medium in timeline.media):
        raise wrong_field("manifest", _("The manifest names a file outside of the project."))
    return _request(project, user, chosen, options, timeline, nudge=nudge)


def _request(
    project: Project, user: User | None, profile: Profile, options: Options, timeline: Timeline, *, nudge: bool
) -> Export:
    check_options(options, timeline)
    document = snapshot.to_json(timeline)
    key = snapshot.request_key(document, profile, options)
    with transaction.atomic():
        locked_project(project)
        if equal := _equal_export(project, key):
            return equal
        if exports_of(project).filter(finished_at=None).count() >= MAX_UNFINISHED:
            raise too_many(
                _("{max_unfinished} exports of this film are waiting. Wait for them, or cancel some.").format(
                    max_unfinished=MAX_UNFINISHED
                )
            )
        export = Export.objects.create(
            project=project,
            profile=profile.name,
            options=options.to_json(),
            document=document,
            cut_version=timeline.version,
            request_key=key,
            created_by=user,
        )
        if nudge:
            queues.nudge_on_commit(QUEUE, str(export.pk))
    return export


def _of_scene(options: Options, timeline: Timeline, scene: str) -> Options:
    if options.start_in is not None or options.out is not None:
        raise wrong_field("sceneId", _("Give sceneId, or in and out, not both."))
    first, end = scene_range(timeline, scene)
    return replace(options, start_in=first, out=end)


def _equal_export(project: Project, key: str) -> Export | None:
    equal = exports_of(project).filter(request_key=key, cancel_requested_at=None)
    for export in equal.filter(status__in=[Status.COMPLETED, Status.QUEUED, Status.RUNNING]):
        if not export.is_ended or has_file(export):
            return export
    return None


def has_file(export: Export) -> bool:
    """Return whether the file is there as it was written, by its size."""
    try:
        return export.path is not None and export.path.stat().st_size == export.bytes
    except OSError:
        return False


def cancel_export(export: Export) -> Export:
    """End an export: at once while it waits, within a second while it is made. Raise Problem 409 after its end."""
    now = timezone.now()
    # twice: a worker that is told to stop may give it back in between
    for _attempt in range(2):
        if export.write(only=[Status.QUEUED], status=Status.CANCELLED, cancel_requested_at=now, finished_at=now):
            export.publish("failed")
            return export
        if export.write(only=[Status.RUNNING], cancel_requested_at=now):
            return export
    export.refresh_from_db()
    raise conflict(_("This export is already {status}.").format(status=export.status), "export_ended")


def retry_export(export: Export) -> Export:
    """Make an export that failed or was cancelled again, with the film as it was. Raise Problem 409 for any other."""
    with transaction.atomic():
        begun = export.write(
            only=[Status.FAILED, Status.CANCELLED],
            status=Status.QUEUED,
            progress=0.0,
            error="",
            attempts=0,
            cancel_requested_at=None,
            started_at=None,
            finished_at=None,
            claimed_by="",
            claim_expires_at=None,
        )
        if not begun:
            export.refresh_from_db()
            raise conflict(
                _("This export is {status}. Only a failed or cancelled export can be tried again.").format(
                    status=export.status
                )
            )
        queues.nudge_on_commit(QUEUE, str(export.pk))
    return export
