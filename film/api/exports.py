"""Exports of a film as JSON, and their files."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Router, Status

from film.actions import exports
from film.actions.selected_takes import selected_takes
from film.actions.served_files import served_captions, served_file
from film.api import export_schemas as schemas
from film.models import Export
from film.render.options import Options
from projects.access import permissions
from projects.access.row_by_id import row_by_id
from projects.api.assets import BYTES
from projects.api.projects import PROJECT
from projects.problems import not_found
from projects.web.authentication import Request
from projects.web.envelope import responses, success
from projects.web.files import serve_file
from projects.web.streams import stream_download

router = Router(tags=["film"])
EXPORTS = PROJECT + "/exports"
EXPORT = "/exports/{export_id}"
MAX_LISTED = 200


@router.post(EXPORTS, response=responses(schemas.ExportOut, 202), summary="Export the film")
def create_export(request: Request, project_id: str, payload: schemas.ExportIn) -> Any:
    """As it is now. The same film with the same settings is the same export, which may be finished already."""
    project = permissions.project_for(request.user, project_id, "change")
    values = payload.model_dump(by_alias=True)
    profile, scene = values.pop("profile"), values.pop("sceneId")
    export = exports.create_export(project, request.user, profile, Options.from_json(values), scene=scene)
    return Status(202, success(export.as_dict()))


@router.get(EXPORTS, response=responses(schemas.Exports), summary="The exports of a film")
def list_exports(request: Request, project_id: str) -> Any:
    """Newest first, at most 200."""
    project = permissions.project_for(request.user, project_id)
    rows = exports.exports_of(project).defer("document")[:MAX_LISTED]
    return success({"exports": [export.as_dict() for export in rows]})


@router.get(PROJECT + "/selected-takes", summary="The chosen takes as a zip", **BYTES)
def get_selected_takes(request: Request, project_id: str) -> HttpResponseBase:
    """Name the chosen file of each scene by its place in the film. 409 while none is chosen."""
    project = permissions.project_for(request.user, project_id)
    return stream_download(request, selected_takes(project), f"{project.slug}-takes.zip", "application/zip")


@router.get(EXPORT, response=responses(schemas.ExportOut), summary="One export")
def show_export(request: Request, export_id: str) -> Any:
    """With its progress and what is left of it, its report, or its error."""
    return success(export_for(request, export_id).as_dict())


@router.post(EXPORT + "/cancel", response=responses(schemas.ExportOut), summary="Cancel an export")
def cancel_export(request: Request, export_id: str) -> Any:
    """One that is being made ends within a second. 409 after its end."""
    return success(exports.cancel_export(export_for(request, export_id, "change")).as_dict())


@router.post(EXPORT + "/retry", response=responses(schemas.ExportOut, 202), summary="Try an export again")
def retry_export(request: Request, export_id: str) -> Any:
    """One that failed or was cancelled, with the film as it was; 409 for any other."""
    export = exports.retry_export(export_for(request, export_id, "change"))
    return Status(202, success(export.as_dict()))


@router.api_operation(["HEAD"], EXPORT + "/file", include_in_schema=False)
@router.get(EXPORT + "/file", summary="The file of an export, with Range", **BYTES)
async def export_file(request: Request, export_id: str) -> HttpResponseBase:
    """With `?download=1` a browser saves it instead of playing it. 409 while there is none."""
    export = await sync_to_async(export_for)(request, export_id)
    return await serve_file(request, served_file(export))


@router.get(EXPORT + "/captions", summary="The captions beside an export", **BYTES)
async def export_subtitles(request: Request, export_id: str) -> HttpResponseBase:
    """As SRT, with the times of its file. 404 where the export was not asked to have them."""
    export = await sync_to_async(export_for)(request, export_id)
    return await serve_file(request, served_captions(export))


def export_for(request: Request, export_id: str, right: permissions.Right = "see") -> Export:
    """Return an export. Raise Problem 404 where the person may not see it, 403 without the right."""
    visible = permissions.visible_to(request.user).values("pk")
    export = row_by_id(Export.objects.select_related("project").filter(project__in=visible), export_id)
    if export is None:
        raise not_found(_("export"))
    if right != "see":
        permissions.require(request.user, export.project, right)
    return export
