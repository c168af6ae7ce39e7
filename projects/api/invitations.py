"""Invitations to a project as JSON."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import BaseModel, Field

from projects.access import permissions
from projects.actions import invitations
from projects.api import schemas
from projects.api.projects import PROJECT
from projects.models import Invitation
from projects.text.iso_time import iso_time
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success
from projects.web.field_types import Flag
from projects.web.request_body import RequestBody

router = Router(tags=["projects"])
INVITATIONS = PROJECT + "/invitations"


class InvitationIn(RequestBody):
    """What the person may do, as an editor or a viewer."""

    role: schemas.Role = "viewer"
    maySpend: Flag = False


class InvitationOut(BaseModel):
    """A link that one person may use."""

    id: int
    role: schemas.Role
    maySpend: bool
    invitedBy: str
    createdAt: schemas.Time
    expiresAt: schemas.Time


class NewInvitation(InvitationOut):
    """The link itself is told once."""

    url: str = Field(description="a page on which the person joins, with a new account where they have none")


class Invitations(BaseModel):
    """The invitations that can still be used."""

    invitations: list[InvitationOut]


@router.get(INVITATIONS, response=responses(Invitations), summary="The open invitations of a project")
def list_invitations(request: Request, project_id: str) -> Any:
    """For its owner only."""
    project = permissions.project_for(request.user, project_id, "own")
    return success({"invitations": [_as_dict(each) for each in invitations.open_invitations(project)]})


@router.post(INVITATIONS, response=responses(NewInvitation, 201), summary="Invite somebody by a link")
def create_invitation(request: Request, project_id: str, payload: InvitationIn | None = None) -> Any:
    """For its owner only. The link works once, for seven days."""
    project = permissions.project_for(request.user, project_id, "own")
    wanted = payload or InvitationIn()
    invitation, token = invitations.create_invitation(request.user, project, wanted.role, may_spend=wanted.maySpend)
    url = request.build_absolute_uri(reverse("join", args=[token]))
    return Status(201, success(_as_dict(invitation) | {"url": url}, _("Send the link to one person. It works once.")))


@router.delete(INVITATIONS + "/{invitation_id}", response=responses(Nothing), summary="Revoke an invitation")
def revoke_invitation(request: Request, project_id: str, invitation_id: int) -> Any:
    """For the owner of the project only."""
    project = permissions.project_for(request.user, project_id, "own")
    invitations.revoke_invitation(request.user, project, invitation_id)
    return success(message=_("The invitation no longer works."))


def _as_dict(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": invitation.pk,
        "role": invitation.role,
        "maySpend": invitation.may_spend,
        "invitedBy": invitation.created_by.get_username(),
        "createdAt": iso_time(invitation.created_at),
        "expiresAt": iso_time(invitation.expires_at),
    }
