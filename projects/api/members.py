"""Members of a project as JSON."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from ninja import Router, Status

from projects import actions
from projects.access import permissions
from projects.api import schemas
from projects.api.projects import PROJECT
from projects.models import Membership
from projects.web.authentication import Request
from projects.web.envelope import Nothing, responses, success

router = Router(tags=["projects"])
MEMBERS = PROJECT + "/members"
MEMBER = MEMBERS + "/{username}"


@router.get(MEMBERS, response=responses(schemas.Members), summary="Who belongs to a project")
def list_members(request: Request, project_id: str) -> Any:
    """By name."""
    project = permissions.project_for(request.user, project_id)
    members = project.memberships.select_related("user").order_by("user__username")
    return success({"members": [_member_dict(member) for member in members]})


@router.post(MEMBERS, response=responses(schemas.Member, 201), summary="Let a person into a project")
def create_member(request: Request, project_id: str, payload: schemas.MemberName) -> Any:
    """For its owner only."""
    project = permissions.project_for(request.user, project_id, "own")
    member = actions.add_member(request.user, project, payload.username, payload.role, may_spend=payload.maySpend)
    return Status(201, success(_member_dict(member)))


@router.patch(MEMBER, response=responses(schemas.Member), summary="Change what a member may do")
def change_member(request: Request, project_id: str, username: str, payload: schemas.MemberChange) -> Any:
    """For its owner only. The role owner hands the project over."""
    project = permissions.project_for(request.user, project_id, "own")
    member = actions.change_member(request.user, project, username, role=payload.role, may_spend=payload.maySpend)
    return success(_member_dict(member))


@router.delete(MEMBER, response=responses(Nothing), summary="Remove a member; everybody may remove themselves")
def delete_member(request: Request, project_id: str, username: str) -> Any:
    """For its owner, and for the member. The owner cannot be removed."""
    right: permissions.Right = "see" if username == request.user.username else "own"
    actions.remove_member(request.user, permissions.project_for(request.user, project_id, right), username)
    return success(message=_("{username} no longer belongs to the project.").format(username=username))


def _member_dict(member: Membership) -> dict[str, Any]:
    # the owner may spend, whatever the row says
    may_spend = permissions.allows(member, "spend")
    return {"username": member.user.username, "role": member.role, "maySpend": may_spend}
