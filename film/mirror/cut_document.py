"""cut.json in a project's folder: the cut with its versions, for a database that is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from film.document.cut import from_json
from film.mirror.cut_file import CUT_DOCUMENT
from film.models import CutRevision, ProjectCut
from projects.mirror.parse import moment, objects, skip_bad_entry
from projects.models import Project
from projects.text.iso_time import iso_time

STATES = 20
"""Of the states without a name, so many can still be undone after the rows were lost."""
MAX_CLIPS = 4_000
"""In all of those states: of a long film there are fewer, since each change writes them all."""


class CutDocument:
    """A `projects.mirror.contributions.ProjectDocument`: the state that plays, the named ones, and the last ones."""

    name = CUT_DOCUMENT

    def document(self, project: Project) -> dict[str, Any] | None:
        """Return the cut as it is stored; None while nobody has touched it."""
        row = ProjectCut.objects.select_related("revision").filter(project=project).first()
        if row is None:
            return None
        return {
            "version": row.version,
            "shown": row.revision.number if row.revision else None,
            "undone": row.undone,
            "nextNumber": row.next_number,
            "updatedAt": iso_time(row.updated_at),
            "states": [_state(revision) for revision in _kept(row)],
        }

    def restore(self, project: Project, data: Mapping[str, Any], notes: list[str]) -> None:
        """Make the rows of the cut of a project that has none."""
        if ProjectCut.objects.filter(project=project).exists():
            return
        with transaction.atomic():
            for state in objects(data.get("states")):
                with skip_bad_entry(notes, _("{slug}: a state of the cut").format(slug=project.slug)):
                    _restore_state(project, state)
            shown = CutRevision.objects.filter(project=project, number=data.get("shown") or 0).first()
            if data.get("shown") and shown is None:
                notes.append(
                    _("{slug}: the cut was left out, since its state is not in cut.json.").format(slug=project.slug)
                )
                return
            ProjectCut.objects.create(
                project=project,
                version=int(data["version"]),
                revision=shown,
                undone=[number for number in data.get("undone", []) if isinstance(number, int)],
                next_number=int(data["nextNumber"]),
                updated_at=moment(data.get("updatedAt"), timezone.now()),
            )

    def adopted(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the cut without the people who made its states."""
        return {**data, "states": [state | {"person": None} for state in objects(data.get("states"))]}


def _kept(row: ProjectCut) -> list[CutRevision]:
    revisions = CutRevision.objects.filter(project=row.project).select_related("created_by")
    wanted = {*_newest(revisions)}
    wanted |= {row.revision_id} if row.revision_id else set()
    kept = revisions.filter(pk__in=wanted) | revisions.exclude(name="")
    return list(kept.order_by("number"))


def _newest(revisions: QuerySet[CutRevision]) -> Iterator[int]:
    clips = 0
    for revision in revisions.order_by("-number")[:STATES].iterator(chunk_size=1):
        yield revision.pk
        clips += len(revision.document.get("clips", ()))
        if clips > MAX_CLIPS:
            return


def _state(revision: CutRevision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "parent": revision.parent,
        "automatic": revision.automatic,
        "name": revision.name,
        "person": revision.created_by.get_username() if revision.created_by else None,
        "createdAt": iso_time(revision.created_at),
        "cut": revision.document,
    }


def _restore_state(project: Project, state: Mapping[str, Any]) -> None:
    # one that this version cannot read would break every page of the cut
    from_json(state["cut"])
    CutRevision.objects.create(
        project=project,
        number=int(state["number"]),
        parent=state.get("parent"),
        automatic=state.get("automatic") is True,
        document=state["cut"],
        name=str(state.get("name") or "")[:200],
        created_by=User.objects.filter(username=str(state.get("person") or "")).first(),
        created_at=moment(state.get("createdAt")),
    )
