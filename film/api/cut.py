"""The cut of a project as JSON."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext as _
from ninja import Router, Status

from film import timelines
from film.actions import cuts
from film.api import schemas
from film.document.cut import Cut, from_json
from film.document.timeline import Timeline
from film.models import CutRevision
from film.timelines.serializers import cut_dict
from projects.access import permissions
from projects.api.projects import PROJECT
from projects.text.iso_time import iso_time
from projects.web.authentication import Request
from projects.web.envelope import responses, success

router = Router(tags=["film"])
CUT = PROJECT + "/cut"
VERSIONS = CUT + "/versions"


@router.get(CUT, response=responses(schemas.CutOut), summary="The cut of a project")
def show_cut(request: Request, project_id: str) -> Any:
    """As it plays now; of a project whose cut nobody has touched, its scenes in their order."""
    project = permissions.project_for(request.user, project_id)
    return _cut_response(timelines.load_timeline(project))


@router.put(CUT, response=responses(schemas.CutOut), summary="Change the cut")
def put_cut(request: Request, project_id: str, payload: schemas.CutIn) -> Any:
    """Send the whole cut, with the version that was read: 409 `cut_changed` when somebody has changed it since."""
    project = permissions.project_for(request.user, project_id, "change")
    film = cuts.save_cut(project, request.user, _to_cut(payload), payload.version)
    return _cut_response(film)


@router.post(CUT + "/automatic", response=responses(schemas.CutOut), summary="Return to the automatic cut")
def post_automatic(request: Request, project_id: str) -> Any:
    """Follow the scenes in their order, each with the best that there is. An undo returns the cut before."""
    project = permissions.project_for(request.user, project_id, "change")
    film = cuts.make_automatic(project, request.user)
    return _cut_response(film, _("The cut follows the scenes again."))


@router.post(CUT + "/undo", response=responses(schemas.CutOut), summary="Undo the last change of the cut")
def post_undo(request: Request, project_id: str) -> Any:
    """409 `nothing_to_undo` where there is none."""
    project = permissions.project_for(request.user, project_id, "change")
    film = cuts.undo(project, request.user)
    return _cut_response(film)


@router.post(CUT + "/redo", response=responses(schemas.CutOut), summary="Redo what was undone")
def post_redo(request: Request, project_id: str) -> Any:
    """409 `nothing_to_redo` where nothing was undone, or the cut was changed after it."""
    project = permissions.project_for(request.user, project_id, "change")
    film = cuts.redo(project, request.user)
    return _cut_response(film)


@router.post(
    CUT + "/differences", response=responses(schemas.CutChanges), summary="Compare the cut with an earlier one"
)
def compare_cut(request: Request, project_id: str, payload: schemas.CutIn) -> Any:
    """Send the cut as it was read: in words, how it has changed since, and who made the last change. Changes nothing.

    For whoever was told `cut_changed`.
    """
    project = permissions.project_for(request.user, project_id)
    person, sentences = cuts.changes_since(project, _to_cut(payload))
    return success({"changedBy": person.get_username() if person else None, "differences": sentences})


@router.get(VERSIONS, response=responses(schemas.Versions), summary="The named versions of the cut")
def list_versions(request: Request, project_id: str) -> Any:
    """Newest first."""
    project = permissions.project_for(request.user, project_id)
    return success({"versions": [_version(each) for each in cuts.named_versions(project)]})


@router.post(VERSIONS, response=responses(schemas.Version, 201), summary="Keep the cut under a name")
def post_version(request: Request, project_id: str, payload: schemas.VersionName) -> Any:
    """Keep the present state; it changes no more."""
    project = permissions.project_for(request.user, project_id, "change")
    version = cuts.name_version(project, request.user, payload.name)
    return Status(201, success(_version(version), _("Saved as “{name}”.").format(name=version.name)))


@router.get(
    VERSIONS + "/{number}/differences",
    response=responses(schemas.Differences),
    summary="Compare a version of the cut in words",
)
def compare_version(request: Request, project_id: str, number: int, against: int | None = None) -> Any:
    """With the version `against`, or with the cut as it is now: what would change if it were restored."""
    project = permissions.project_for(request.user, project_id)
    return success({"differences": cuts.compare_version(project, number, against)})


@router.post(VERSIONS + "/{number}/restore", response=responses(schemas.CutOut), summary="Restore a version of the cut")
def restore_version(request: Request, project_id: str, number: int) -> Any:
    """As a new change, which can be undone."""
    project = permissions.project_for(request.user, project_id, "change")
    film = cuts.restore_version(project, request.user, number)
    return _cut_response(film, _("The version is restored."))


def _cut_response(film: Timeline, message: str = "") -> JsonResponse:
    """Return the cut as it plays now, written at once: ninja would copy each of its thousands of values twice."""
    return JsonResponse(success(cut_dict(film), message))


def _to_cut(payload: schemas.CutIn) -> Cut:
    """Return a request as a cut; clips and sounds without an id get one."""
    data = payload.model_dump(by_alias=True)
    for part in (*data["clips"], *data["sounds"]):
        part["id"] = part["id"] or secrets.token_hex(8)
    return from_json(data)


def _version(revision: CutRevision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "name": revision.name,
        "automatic": revision.automatic,
        "createdBy": revision.created_by.get_username() if revision.created_by else None,
        "createdAt": iso_time(revision.created_at),
    }
