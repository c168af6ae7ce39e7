"""Links to exports for people without an account, as JSON."""

from __future__ import annotations

from typing import Annotated, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import BaseModel, Field

from film.actions import share_links
from film.api.exports import EXPORT, export_for
from film.models import ShareLink
from projects.api.schemas import Time
from projects.text.iso_time import iso_time
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success
from projects.web.field_types import WholeNumber
from projects.web.request_body import RequestBody

router = Router(tags=["film"])
LINKS = EXPORT + "/share-links"


class ShareLinkIn(RequestBody):
    """How long the link works."""

    days: Annotated[WholeNumber, Field(ge=1, le=share_links.MAX_DAYS)] = share_links.DEFAULT_DAYS


class ShareLinkOut(BaseModel):
    """A link that works now."""

    shareLinkId: str
    url: str = Field(description="a page that plays the export for whoever opens it")
    createdBy: str
    createdAt: Time
    expiresAt: Time


class ShareLinks(BaseModel):
    """The links to an export that work, newest first."""

    shareLinks: list[ShareLinkOut]


@router.get(LINKS, response=responses(ShareLinks), summary="The links to an export")
def list_share_links(request: Request, export_id: str) -> Any:
    """For whoever may share the project: who has a link sees the film."""
    export = export_for(request, export_id, "share")
    return success({"shareLinks": [_as_dict(request, link) for link in share_links.open_share_links(export)]})


@router.post(LINKS, response=responses(ShareLinkOut, 201), summary="Share an export by a link")
def create_share_link(request: Request, export_id: str, payload: ShareLinkIn | None = None) -> Any:
    """Whoever has the link plays and downloads the file without an account. 409 while there is none."""
    export = export_for(request, export_id, "share")
    link = share_links.create_share_link(request.user, export, (payload or ShareLinkIn()).days)
    return Status(201, success(_as_dict(request, link), _("Anyone with the link can watch the film.")))


@router.delete(LINKS + "/{link_id}", response=responses(Nothing), summary="Revoke a link to an export")
def revoke_share_link(request: Request, export_id: str, link_id: str) -> Any:
    """From the next request on it works no longer."""
    share_links.revoke_share_link(request.user, export_for(request, export_id, "share"), link_id)
    return success(message=_("The link no longer works."))


def _as_dict(request: Request, link: ShareLink) -> dict[str, Any]:
    return {
        "shareLinkId": str(link.pk),
        "url": request.build_absolute_uri(reverse("shared", args=[share_links.token_of(link)])),
        "createdBy": link.created_by.get_username(),
        "createdAt": iso_time(link.created_at),
        "expiresAt": iso_time(link.expires_at),
    }
