"""Whether open sockets may stay open: three queries for all of them, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone

from projects.models import ApiToken, Membership


@dataclass(frozen=True)
class Credentials:
    """Who opened a socket, and by what: an API token or a session."""

    user: User
    token_id: int | None = None
    session_key: str | None = None


@dataclass(frozen=True)
class Entitled:
    users: frozenset[int]
    tokens: frozenset[int]
    sessions: frozenset[str]
    memberships: frozenset[tuple[int, str]]

    def may_stay(self, credentials: Credentials) -> bool:
        if credentials.user.pk not in self.users:
            return False
        if credentials.token_id is not None:
            return credentials.token_id in self.tokens
        return credentials.session_key in self.sessions

    def may_see(self, credentials: Credentials, project_id: str) -> bool:
        return (credentials.user.pk, project_id) in self.memberships


@database_sync_to_async
def of(credentials: Sequence[Credentials]) -> Entitled:
    """What these credentials are still good for."""
    users = {each.user.pk for each in credentials}
    tokens = {each.token_id for each in credentials if each.token_id is not None}
    sessions = {each.session_key for each in credentials if each.session_key is not None}
    living = Membership.objects.filter(user__in=users, project__trashed_at=None)
    return Entitled(
        users=frozenset(User.objects.filter(pk__in=users, is_active=True).values_list("pk", flat=True)),
        tokens=frozenset(ApiToken.objects.filter(pk__in=tokens, revoked_at=None).values_list("pk", flat=True)),
        sessions=frozenset(
            Session.objects.filter(pk__in=sessions, expire_date__gt=timezone.now()).values_list("pk", flat=True)
        ),
        memberships=frozenset(living.values_list("user_id", "project__slug")),
    )
