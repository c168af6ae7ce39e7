"""Invitations: the owner of a project makes a link, and whoever opens it first joins, with an account if need be."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.access import audit
from projects.actions.members import create_membership, lock_for_owner
from projects.models import Invitation, Membership, Project
from projects.problems import FieldProblem, Problem, not_found, wrong_field, wrong_fields

VALID_FOR = timedelta(days=7)
Role = Membership.Role
_USED = gettext_noop("This invitation was used, was revoked, or has expired. Ask for a new link.")


def create_invitation(
    by: User, project: Project, role: str = Role.VIEWER, *, may_spend: bool = False
) -> tuple[Invitation, str]:
    """Create a link for one person; return its row and the token in it, which is kept nowhere.

    Raise Problem 403 unless `by` owns the project, 422 for another role than editor or viewer.
    """
    if role not in (Role.EDITOR, Role.VIEWER):
        raise wrong_field("role", _("role of an invitation must be editor or viewer."))
    token = secrets.token_urlsafe(32)
    # a viewer does not spend
    may_spend = may_spend and role != Role.VIEWER
    with transaction.atomic():
        lock_for_owner(project, by)
        invitation = Invitation.objects.create(
            project=project,
            role=role,
            may_spend=may_spend,
            digest=_digest(token),
            created_by=by,
            expires_at=timezone.now() + VALID_FOR,
        )
        audit.enter(audit.Action.INVITED, by, "", project, role=str(role), maySpend=may_spend)
    return invitation, token


def find_invitation(token: str) -> Invitation:
    """Return the invitation of a link. Raise Problem 404 where it was used, was revoked, or has expired."""
    valid = Invitation.objects.filter(expires_at__gt=timezone.now(), project__trashed_at=None)
    invitation = valid.filter(digest=_digest(token)).select_related("project", "created_by").first()
    if invitation is None:
        raise Problem(_USED, code="not_found", status=404)
    return invitation


def open_invitations(project: Project) -> list[Invitation]:
    """Return the invitations of a project that can still be used, the newest first."""
    return list(project.invitations.filter(expires_at__gt=timezone.now()).select_related("created_by"))


def revoke_invitation(by: User, project: Project, invitation_id: int) -> None:
    """Make a link useless. Raise Problem 403 unless `by` owns the project, 404 where there is no such invitation."""
    with transaction.atomic():
        lock_for_owner(project, by)
        if not project.invitations.filter(pk=invitation_id).delete()[0]:
            raise not_found(_("invitation"))
        audit.enter(audit.Action.INVITATION_REVOKED, by, "", project)


def accept_invitation(token: str, user: User) -> Project:
    """Let a person who has an account into the project; the link is used up.

    Raise Problem 404 for a link that is used up, 409 for somebody who belongs to the project; that uses up nothing.
    """
    with transaction.atomic():
        return _use(token, user)


def join_with_account(token: str, username: str, password: str) -> tuple[User, Project]:
    """Create an account and let it into the project; return both.

    Raise Problem 404 for a link that is used up, 422 for a name that is taken or a password that is too weak.
    """
    user = User(username=username)
    _check_account(user, password)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            audit.enter(audit.Action.ACCOUNT, user, username)
            return user, _use(token, user)
    except IntegrityError:
        raise _name_taken(username) from None


def _use(token: str, user: User) -> Project:
    """Add the member in the caller's transaction. Of several who open the link at once, one finds it."""
    invitation = find_invitation(token)
    create_membership(invitation.project, user, invitation.role, may_spend=invitation.may_spend)
    if not Invitation.objects.filter(pk=invitation.pk).delete()[0]:
        raise Problem(_USED, code="not_found", status=404)
    inviter = invitation.created_by.get_username()
    audit.enter(audit.Action.INVITATION_ACCEPTED, user, "", invitation.project, invitedBy=inviter)
    return invitation.project


def _check_account(user: User, password: str) -> None:
    problems = []
    try:
        UnicodeUsernameValidator()(user.username)
    except ValidationError as error:
        problems += [FieldProblem("username", message) for message in error.messages]
    if User.objects.filter(username__iexact=user.username).exists():
        raise _name_taken(user.username)
    try:
        validate_password(password, user)
    except ValidationError as error:
        problems += [FieldProblem("password", message) for message in error.messages]
    if problems:
        raise wrong_fields(*problems)


def _name_taken(username: str) -> Problem:
    return wrong_field(
        "username", _("{username} is taken. Choose another name, or sign in if it is yours.").format(username=username)
    )


def _digest(token: str) -> str:
    # a token has 256 random bits, so it needs neither salt nor a slow hash
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
