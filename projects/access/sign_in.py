"""The studio's owner, links that sign a person in once, and how a sign-in ends, with the second factor if need be."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import connection, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from projects.access import audit
from projects.access.throttle import address_of


class SignInTokens(PasswordResetTokenGenerator):
    """Tokens that work once: signing in changes `last_login`, which is part of what is signed."""

    key_salt = "dailies.sign-in-link"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        """Sign the moment of the last sign-in in full: Django leaves out fractions, so a second had many sign-ins."""
        return f"{super()._make_hash_value(user, timestamp)}{user.last_login.isoformat() if user.last_login else ''}"


_link_tokens = SignInTokens()
BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING_SECONDS = 600
_PENDING = "second_factor"


def ensure_owner() -> tuple[User, bool]:
    """Return the studio's owner, and whether the account was created just now.

    Where `STUDIO_OWNER_PASSWORD` is set it becomes the owner's password, at each start.
    """
    with transaction.atomic():
        user, created = User.objects.get_or_create(
            username=settings.STUDIO_OWNER, defaults={"is_staff": True, "is_superuser": True}
        )
        password = settings.STUDIO_OWNER_PASSWORD
        # only when it differs: setting it anew would change its hash, and so sign everybody out of that account
        if password and not user.check_password(password):
            user.set_password(password)
            user.save()
        elif created:
            # the first sign-in is by link, and a password that nobody knows cannot be guessed
            user.set_unusable_password()
            user.save()
    return user, created


@dataclass(frozen=True)
class PendingSignIn:
    """Somebody who has given the first factor and has to give the second: who, by which way, and where to go then."""

    user: User
    way: str
    to: str


def begin_second_factor(request: HttpRequest, user: User, way: str, to: str) -> None:
    """Note in the session that a person has given the first factor. They are not signed in yet."""
    proof = user.get_session_auth_hash()
    pending = {"user": user.pk, "proof": proof, "way": way, "to": to, "at": time.time()}
    request.session.cycle_key()
    request.session[_PENDING] = pending


def pending_sign_in(request: HttpRequest) -> PendingSignIn | None:
    """Return who has to give the second factor; None after ten minutes, another password, or a closed account."""
    noted = request.session.get(_PENDING) or {}
    if not 0 <= time.time() - noted.get("at", 0) < PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=noted["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), noted["proof"]):
        return None
    return PendingSignIn(user, noted["way"], noted["to"])


def sign_in(request: HttpRequest, user: User, way: str = "") -> None:
    """Sign a person in who has proved who they are. `way` says how, empty for name and password."""
    request.session.pop(_PENDING, None)
    with transaction.atomic():
        login(request, user, backend=BACKEND)
        details = {"address": address_of(request)} | ({"way": way} if way else {})
        audit.enter(audit.Action.SIGN_IN, user, "", None, **details)


def sign_in_path(user: User) -> str:
    """Return a path that signs the person in once, within `PASSWORD_RESET_TIMEOUT` seconds."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("sign-in-link", args=[key, _link_tokens.make_token(user)])


def user_for_link(key: str, token: str) -> User | None:
    """Return whom the two parts of a sign-in path sign in; None where it was used, has expired or is invalid.

    In a transaction, the row stays locked to its end: of several uses at once one finds the link unused.
    """
    try:
        pk = int(urlsafe_base64_decode(key))
        users = User.objects.select_for_update() if connection.in_atomic_block else User.objects.all()
        user = users.filter(pk=pk, is_active=True).first()
    except (ValueError, OverflowError):
        # the address was cut or typed by hand
        return None
    return user if user is not None and _link_tokens.check_token(user, token) else None
