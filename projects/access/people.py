"""People: tokens of the API, members of a project, the owner of the studio and the link that signs them in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from projects.models import ApiToken, Membership, Project
from projects.problems import conflict, not_found, wrong_field

Role = Membership.Role
_USED_AGAIN_AFTER = timedelta(minutes=1)


class _SignInTokens(PasswordResetTokenGenerator):
    """Good once: signing in changes `last_login`, which is part of what is signed."""

    key_salt = "dailies.sign-in-link"


_sign_in_tokens = _SignInTokens()


def make_token(user: User, name: str, *, read_only: bool = False) -> tuple[ApiToken, str]:
    """The row, and the token itself, which is told this once and kept nowhere."""
    text = f"dailies_{secrets.token_urlsafe(32)}"
    return ApiToken.objects.create(user=user, name=name, digest=_digest(text), read_only=read_only), text


def token_of(text: str) -> ApiToken | None:
    """The living token of an active person; notes its use, at most once a minute."""
    living = ApiToken.objects.filter(revoked_at=None, user__is_active=True).select_related("user")
    token = living.filter(digest=_digest(text)).first()
    if token is not None:
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > _USED_AGAIN_AFTER:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _digest(text: str) -> str:
    # a token has 256 bits of chance: one round of a hash is enough
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def add_member(project: Project, username: str, role: str = Role.VIEWER, *, may_spend: bool = False) -> Membership:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise wrong_field("username", f"There is nobody called {username} here: they need an account first.")
    if role not in (Role.EDITOR, Role.VIEWER):
        raise wrong_field("role", "role of a new member must be editor or viewer; ownership is handed over later.")
    try:
        with transaction.atomic():
            return Membership.objects.create(project=project, user=user, role=role, may_spend=may_spend)
    except IntegrityError:
        raise conflict(f"{username} belongs to this project already: change their role instead.") from None


def change_member(
    project: Project, username: str, *, role: str | None = None, may_spend: bool | None = None
) -> Membership:
    """To make somebody else the owner hands the project over: the present one stays, as an editor who may spend."""
    with transaction.atomic():
        members = project.memberships.select_for_update().select_related("user")
        membership = members.filter(user__username=username).first()
        if membership is None:
            raise not_found("member of this project")
        if role is not None and role != membership.role:
            _change_role(project, membership, role)
        if may_spend is not None:
            membership.may_spend = may_spend
        membership.save()
    return membership


def _change_role(project: Project, membership: Membership, role: str) -> None:
    if role not in Role.values:
        raise wrong_field("role", f"role must be one of {', '.join(Role.values)}.")
    if membership.role == Role.OWNER:
        raise conflict("The owner stays the owner: make somebody else the owner to hand the project over.")
    if role == Role.OWNER:
        project.memberships.filter(role=Role.OWNER).update(role=Role.EDITOR, may_spend=True)
    membership.role = role


def remove_member(project: Project, username: str) -> None:
    with transaction.atomic():
        # held to the end: a project that is handed over at this moment must not lose its new owner
        membership = project.memberships.select_for_update().filter(user__username=username).first()
        if membership is None:
            raise not_found("member of this project")
        if membership.role == Role.OWNER:
            raise conflict("The owner cannot leave: make somebody else the owner first.")
        membership.delete()


def ensure_owner() -> tuple[User, bool]:
    """The studio's owner, made when missing. A `STUDIO_OWNER_PASSWORD` holds from each start on."""
    with transaction.atomic():
        user, created = User.objects.get_or_create(
            username=settings.STUDIO_OWNER, defaults={"is_staff": True, "is_superuser": True}
        )
        password = settings.STUDIO_OWNER_PASSWORD
        if password and not user.check_password(password):
            user.set_password(password)
            user.save()
        elif created:
            user.set_unusable_password()
            user.save()
    return user, created


def sign_in_path(user: User) -> str:
    """A path that signs the person in once, within `PASSWORD_RESET_TIMEOUT` seconds."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("sign-in-link", args=[key, _sign_in_tokens.make_token(user)])


def user_of_link(key: str, token: str) -> User | None:
    """Whom the two parts of that path sign in; None when it is used, old or made up."""
    try:
        pk = int(urlsafe_base64_decode(key))
        user = User.objects.filter(pk=pk, is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return user if user is not None and _sign_in_tokens.check_token(user, token) else None


def owner_of(project: Project) -> User:
    return User.objects.get(Q(memberships__project=project, memberships__role=Role.OWNER))
