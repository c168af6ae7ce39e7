"""Projects as bundles: one zip each, for another studio or for keeping."""

from __future__ import annotations

from typing import Annotated, Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Status, UploadedFile
from pydantic import BaseModel

from projects.access import permissions
from projects.actions import bundles
from projects.api import schemas
from projects.api.assets import BYTES
from projects.api.projects import PROJECT, reloaded
from projects.web.authentication import Request
from projects.web.envelope import responses, success
from projects.web.streams import stream_download

router = Router(tags=["projects"])


class UnbundledOut(BaseModel):
    """The project that a bundle has become."""

    project: schemas.Project
    notes: list[str]


@router.get(PROJECT + "/bundle", summary="The whole project as a zip", **BYTES)
def get_bundle(request: Request, project_id: str) -> HttpResponseBase:
    """Its folder without the trash. The size does not matter: it is made while it is sent."""
    project = permissions.project_for(request.user, project_id, "change")
    return stream_download(request, bundles.bundle_parts(project), f"{project.slug}.zip", "application/zip")


@router.post("/bundles", response=responses(UnbundledOut, 201), summary="A project from a bundle")
def post_bundle(request: Request, file: File[UploadedFile], slug: Annotated[str, Form()] = "") -> Any:
    """Make a project of yours of it. A taken id is replaced by another one, and `notes` say so.

    Members, budgets and what it has cost elsewhere do not come along; takes that had not ended are cancelled.
    """
    result = bundles.unbundle(request.user, file, slug)
    data = {"project": reloaded(request, result.project), "notes": result.notes}
    return Status(201, success(data, _("Imported the project {name}.").format(name=result.project.name)))
