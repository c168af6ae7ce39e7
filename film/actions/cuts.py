"""Change the cut of a project: each change is a new revision, and the later one of two people is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from film import mirror, timelines
from film.document.cut import Cut, to_json
from film.document.differences import differences
from film.document.timeline import Timeline
from film.models import CutRevision, ProjectCut
from film.timelines import UNTOUCHED_VERSION, checks, current_cut
from projects.live import publish
from projects.models import Project
from projects.models.locks import locked_project
from projects.problems import conflict, not_found

MAX_UNNAMED = 200
"""Revisions without a name that are kept for undo."""


def save_cut(project: Project, user: User | None, cut: Cut, version: int, *, name: str = "") -> Timeline:
    """Store a new state of the cut, and return the film as it plays now.

    `version` is the one that the change was made from. Raise Problem 409 where it has changed since, 422 for what
    cannot be played.
    """
    cut, film = checks.checked(project, cut)

    def change(row: ProjectCut) -> None:
        _check_version(row, version)
        _add_revision(row, user, cut, name=name)

    return _change(project, user, change, film)


def make_automatic(project: Project, user: User | None) -> Timeline:
    """Let the cut follow the scenes in their order again; its settings stay. Return the film.

    The cut before is kept as a version: a film that was cut by hand is not lost after many more edits.
    """

    def change(row: ProjectCut) -> None:
        before, _version, automatic = current_cut(project)
        if not automatic:
            _keep_under_name(row, _("Before the automatic cut"))
            settings = Cut(before.rate, before.width, before.height, before.fit, before.loudness)
            _add_revision(row, user, settings, automatic=True)

    return _change(project, user, change)


def undo(project: Project, user: User | None = None) -> Timeline:
    """Return to the state that the present one was made from. Raise Problem 409 where there is none."""

    def change(row: ProjectCut) -> None:
        if row.revision is None:
            raise conflict(_("There is nothing to undo."), "nothing_to_undo")
        parent = row.revision.parent
        before = None if parent is None else _revisions(project).filter(number=parent).first()
        if parent is not None and before is None:
            raise conflict(_("That change is too old to undo."), "nothing_to_undo")
        row.undone = [*row.undone, row.revision.number]
        row.revision = before

    return _change(project, user, change)


def redo(project: Project, user: User | None = None) -> Timeline:
    """Take an undo back. Raise Problem 409 where there is none, or the cut has changed since."""

    def change(row: ProjectCut) -> None:
        revision = _revisions(project).filter(number=row.undone[-1]).first() if row.undone else None
        if revision is None:
            raise conflict(_("There is nothing to redo."), "nothing_to_redo")
        row.undone = row.undone[:-1]
        row.revision = revision

    return _change(project, user, change)


def name_version(project: Project, user: User | None, name: str) -> CutRevision:
    """Keep the present state under a name, and return it."""
    with transaction.atomic():
        row = _locked(project)
        revision = row.revision
        if revision is None or revision.name:
            cut, _version, automatic = current_cut(project)
            revision = _add_revision(row, user, cut, automatic=automatic, name=name)
            row.save()
        else:
            revision.name = name
            revision.save(update_fields=["name"])
        mirror.changed(row)
    return revision


def restore_version(project: Project, user: User | None, number: int) -> Timeline:
    """Make an earlier state the present one, as a new revision. Raise Problem 404 where there is no such state."""

    def change(row: ProjectCut) -> None:
        earlier = _revision(project, number)
        _add_revision(row, user, earlier.cut, automatic=earlier.automatic)

    return _change(project, user, change)


def compare_version(project: Project, number: int, other: int | None = None) -> list[str]:
    """Return in words how a state of the cut differs from another one, or from the present one.

    Raise Problem 404 where there is no such state.
    """
    before = timelines.load_timeline(project) if other is None else _timeline_of(_revision(project, other))
    return differences(before, _timeline_of(_revision(project, number)))


def changes_since(project: Project, earlier: Cut) -> tuple[User | None, list[str]]:
    """Return who has made the last change of the cut, and in words how it differs from an earlier state of it.

    The person is None where nobody has touched the cut, or their account is gone.
    """
    row = ProjectCut.objects.filter(project=project).select_related("changed_by").only("changed_by").first()
    before = timelines.resolve(project, earlier)
    return row.changed_by if row else None, differences(before, timelines.load_timeline(project))


def named_versions(project: Project) -> list[CutRevision]:
    """Return the states that have a name, newest first."""
    return list(_revisions(project).exclude(name="").select_related("created_by"))


def _revision(project: Project, number: int) -> CutRevision:
    revision = _revisions(project).filter(number=number).first()
    if revision is None:
        raise not_found(_("version of the cut"))
    return revision


def _timeline_of(revision: CutRevision) -> Timeline:
    return timelines.resolve(revision.project, revision.cut, automatic=revision.automatic)


def _change(
    project: Project, user: User | None, change: Callable[[ProjectCut], None], film: Timeline | None = None
) -> Timeline:
    """Change the row of the cut, and return the film; `film` is what it shows then, where that is known already."""
    with transaction.atomic():
        row = _locked(project)
        change(row)
        row.version += 1
        row.updated_at = timezone.now()
        row.changed_by = user
        row.save()
        _remove_oldest(row)
        mirror.changed(row)
        data = {"projectId": project.slug, "version": row.version}
        publish.publish_on_commit([{"type": "cut_changed", "data": data}])
    return replace(film, version=row.version) if film else _film_of(row)


def _film_of(row: ProjectCut) -> Timeline:
    shown = row.revision
    cut, automatic = (shown.cut, shown.automatic) if shown else (Cut(), True)
    return timelines.resolve(row.project, cut, version=row.version, automatic=automatic)


def _locked(project: Project) -> ProjectCut:
    """Return the row of the cut, locked by its project, and made if nobody had touched the cut."""
    locked_project(project)
    # without the state that a change replaces, which is long where a film is
    rows = ProjectCut.objects.select_related("revision").defer("revision__document")
    row, _created = rows.get_or_create(project=project, defaults={"version": UNTOUCHED_VERSION})
    row.project = project
    return row


def _check_version(row: ProjectCut, version: int) -> None:
    if version != row.version:
        raise conflict(_("Someone else changed the cut. Reload it."), "cut_changed")


def _add_revision(
    row: ProjectCut, user: User | None, cut: Cut, *, automatic: bool = False, name: str = ""
) -> CutRevision:
    row.revision = CutRevision.objects.create(
        project=row.project,
        number=row.next_number,
        parent=row.revision.number if row.revision else None,
        automatic=automatic,
        document=to_json(replace(cut, clips=()) if automatic else cut),
        name=name,
        created_by=user,
    )
    row.next_number += 1
    row.undone = []
    return row.revision


def _keep_under_name(row: ProjectCut, name: str) -> None:
    if row.revision and not row.revision.name:
        row.revision.name = name
        row.revision.save(update_fields=["name"])


def _revisions(project: Project) -> QuerySet[CutRevision]:
    return CutRevision.objects.filter(project=project)


def _remove_oldest(row: ProjectCut) -> None:
    """Remove revisions that are further back than anybody undoes; the present and the named ones stay."""
    old = CutRevision.objects.filter(project=row.project, name="", number__lt=row.next_number - MAX_UNNAMED)
    old.exclude(pk=row.revision_id or 0).delete()
