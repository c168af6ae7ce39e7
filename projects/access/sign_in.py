"""The studio's owner, and links that sign a person in once without a password."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import connection, transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode


class SignInTokens(PasswordResetTokenGenerator):
    """Tokens that work once: signing in changes `last_login`, which is part of what is signed."""

    key_salt = "dailies.sign-in-link"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        """Sign the moment of the last sign-in in full: Django leaves out fractions, so a second had many sign-ins."""
        return f"{super()._make_hash_value(user, timestamp)}{user.last_login.isoformat() if user.last_login else ''}"


_link_tokens = SignInTokens()


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
