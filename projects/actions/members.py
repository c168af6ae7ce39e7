"""Who belongs to a project: let a person in, change what they may do, remove them."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from projects import mirror
from projects.access import audit, permissions
from projects.models import Membership, Project
from projects.models.locks import locked_project
from projects.problems import conflict, not_found, wrong_field

Role = Membership.Role


def add_member(
    by: User, project: Project, username: str, role: str = Role.VIEWER, *, may_spend: bool = False
) -> Membership:
    """Let a person into a project as an editor or a viewer.

    Raise Problem 403 unless `by` owns the project, 422 for an unknown name or another role, 409 for somebody who
    belongs to the project already.
    """
    # an account that was closed must not come back by an invitation
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise wrong_field(
            "username",
            _("Nobody here is called {username}. Create an account for them first.").format(username=username),
        )
    if role not in (Role.EDITOR, Role.VIEWER):
        raise wrong_field(
            "role", _("role of a new member must be editor or viewer. You can hand over ownership later.")
        )
    with transaction.atomic():
        lock_for_owner(project, by)
        membership = create_membership(project, user, role, may_spend=may_spend)
        audit.enter(audit.Action.MEMBER_ADDED, by, username, project, role=str(role), maySpend=membership.may_spend)
        return membership


def create_membership(project: Project, user: User, role: str, *, may_spend: bool) -> Membership:
    """Create the row, whoever has allowed it; a viewer does not spend.

    Raise Problem 409 for somebody who belongs to the project already.
    """
    try:
        with transaction.atomic():
            mirror.changed_document(project)
            may_spend = may_spend and role != Role.VIEWER
            return Membership.objects.create(project=project, user=user, role=role, may_spend=may_spend)
    except IntegrityError:
        # by the unique constraint, so that two invitations at once make one membership
        message = _("{username} already belongs to this project. Its owner can change their role.").format(
            username=user.username
        )
        raise conflict(message) from None


def change_member(
    by: User, project: Project, username: str, *, role: str | None = None, may_spend: bool | None = None
) -> Membership:
    """Change a member's role, their right to spend, or both.

    The role owner hands the project over: the present owner becomes an editor who may spend. Raise Problem 403 unless
    `by` owns the project, 404 for somebody who is no member, 422 for an unknown role, 409 for the owner's own role.
    """
    with transaction.atomic():
        lock_for_owner(project, by)
        membership = _locked_membership(project, username)
        if role is not None and role != membership.role:
            _change_role(project, membership, role)
        if may_spend is not None:
            membership.may_spend = may_spend
        # so that nobody spends unnoticed who becomes an editor again
        membership.may_spend = membership.may_spend and membership.role != Role.VIEWER
        membership.save()
        mirror.changed_document(project)
        details = {"role": str(membership.role), "maySpend": membership.may_spend}
        audit.enter(audit.Action.MEMBER_CHANGED, by, username, project, **details)
    return membership


def remove_member(by: User, project: Project, username: str) -> None:
    """Remove a member from a project; everybody may leave.

    Raise Problem 403 unless `by` owns the project or leaves it, 404 for somebody who is no member, 409 for the owner.
    """
    with transaction.atomic():
        if username != by.username:
            lock_for_owner(project, by)
        membership = _locked_membership(project, username)
        if membership.role == Role.OWNER:
            raise conflict(_("The owner cannot leave the project. Make someone else the owner first."))
        membership.delete()
        mirror.changed_document(project)
        audit.enter(audit.Action.MEMBER_REMOVED, by, username, project)


def lock_for_owner(project: Project, by: User) -> None:
    """Lock the project, and ask for the right again: of two hand-overs at once, the second has no owner anymore."""
    permissions.require(by, locked_project(project), "own")


def _locked_membership(project: Project, username: str) -> Membership:
    # locked to the end of the transaction: a project that is being handed over must not lose its new owner
    memberships = project.memberships.select_for_update(of=("self",)).select_related("user")
    membership = memberships.filter(user__username=username).first()
    if membership is None:
        raise not_found(_("member of this project"))
    return membership


def _change_role(project: Project, membership: Membership, role: str) -> None:
    if role not in Role.values:
        raise wrong_field("role", _("role must be one of {values}.").format(values=", ".join(Role.values)))
    if membership.role == Role.OWNER:
        raise conflict(_("A project needs an owner. To transfer it, make someone else the owner."))
    if role == Role.OWNER:
        # in the same transaction, so that there is never a moment with two owners or none
        project.memberships.filter(role=Role.OWNER).update(role=Role.EDITOR, may_spend=True)
    membership.role = role
