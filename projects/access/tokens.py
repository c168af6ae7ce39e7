"""API tokens: `Authorization: Bearer dailies_…`. The database keeps a digest of each, never the token."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.access import audit
from projects.models import ApiToken
from projects.problems import not_found

MAX_NAME_LENGTH = 100
"""Of the column `ApiToken.name`."""
# `last_used_at` is written at most this often, since a program may call a hundred times a second
_NOTE_USE_EVERY = timedelta(minutes=1)


def create_token(
    user: User, name: str, *, read_only: bool = False, scope: ApiToken.Scope = ApiToken.Scope.API
) -> tuple[ApiToken, str]:
    """Create a token for a person; return its row and the token itself, which is kept nowhere."""
    # the prefix tells people, and programs that look for published secrets, what it is
    text = f"dailies_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        row = ApiToken.objects.create(user=user, name=name, digest=_digest(text), read_only=read_only, scope=scope)
        audit.enter(audit.Action.TOKEN_CREATED, user, name, scope=scope.value, readOnly=read_only)
    return row, text


def find_token(text: str, scope: ApiToken.Scope = ApiToken.Scope.API) -> ApiToken | None:
    """Return the row of a valid token of this scope, and note its use; else None.

    It is valid while it is not revoked and its user is active. A token of another scope is of no use here.
    """
    # looked up by digest: nobody can learn a token from how long a comparison takes
    active = ApiToken.objects.filter(scope=scope, revoked_at=None, user__is_active=True).select_related("user")
    token = active.filter(digest=_digest(text)).first()
    if token is not None:
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > _NOTE_USE_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke_token(user: User, token_id: int) -> None:
    """Revoke one of the person's own tokens. Raise Problem 404 for any other id."""
    with transaction.atomic():
        token = user.api_tokens.select_for_update().filter(pk=token_id, revoked_at=None).first()
        if token is None:
            raise not_found(_("token"))
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
        audit.enter(audit.Action.TOKEN_REVOKED, user, token.name)


def _digest(text: str) -> str:
    # a token has 256 random bits, so it needs neither salt nor a slow hash
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
