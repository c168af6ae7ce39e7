"""API tokens: `Authorization: Bearer dailies_…`. The database keeps a digest of each, never the token."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from projects.models import ApiToken

MAX_NAME_LENGTH = 100
"""Of the column `ApiToken.name`."""
# `last_used_at` is written at most this often, since a program may call a hundred times a second
_NOTE_USE_EVERY = timedelta(minutes=1)


def create_token(user: User, name: str, *, read_only: bool = False) -> tuple[ApiToken, str]:
    """Create a token for a person; return its row and the token itself, which is kept nowhere."""
    # the prefix tells people, and programs that look for published secrets, what it is
    text = f"dailies_{secrets.token_urlsafe(32)}"
    return ApiToken.objects.create(user=user, name=name, digest=_digest(text), read_only=read_only), text


def find_token(text: str) -> ApiToken | None:
    """Return the row of a token that is not revoked and whose user is active, and note its use; else None."""
    # looked up by digest: nobody can learn a token from how long a comparison takes
    active = ApiToken.objects.filter(revoked_at=None, user__is_active=True).select_related("user")
    token = active.filter(digest=_digest(text)).first()
    if token is not None:
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > _NOTE_USE_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _digest(text: str) -> str:
    # a token has 256 random bits, so it needs neither salt nor a slow hash
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
