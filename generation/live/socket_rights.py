"""Whether open sockets may stay open, and what they may still see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone

from generation.live.credentials import Credentials
from projects.models import ApiToken, Membership


@dataclass(frozen=True)
class SocketRights:
    """Which of some credentials are valid now, and the slugs of the projects of each person."""

    users: frozenset[int]
    tokens: frozenset[int]
    sessions: frozenset[str]
    projects: dict[int, set[str]]

    def are_valid(self, credentials: Credentials) -> bool:
        """Return whether the person is active, and the token or the session still there."""
        if credentials.user.pk not in self.users:
            return False
        if credentials.token_id is not None:
            return credentials.token_id in self.tokens
        return credentials.session_key in self.sessions

    def projects_of(self, credentials: Credentials) -> set[str]:
        """Return the slugs of the projects that the person may see."""
        return self.projects.get(credentials.user.pk, set())


@database_sync_to_async
def load_rights(credentials: Sequence[Credentials]) -> SocketRights:
    """Return the present rights of all these credentials, in four queries however many there are."""
    users = {each.user.pk for each in credentials}
    tokens = {each.token_id for each in credentials if each.token_id is not None}
    sessions = {each.session_key for each in credentials if each.session_key is not None}
    current_sessions = Session.objects.filter(pk__in=sessions, expire_date__gt=timezone.now())
    memberships = Membership.objects.filter(user__in=users, project__trashed_at=None)
    projects: defaultdict[int, set[str]] = defaultdict(set)
    for user, slug in memberships.values_list("user_id", "project__slug"):
        projects[user].add(slug)
    return SocketRights(
        users=frozenset(User.objects.filter(pk__in=users, is_active=True).values_list("pk", flat=True)),
        tokens=frozenset(ApiToken.objects.filter(pk__in=tokens, revoked_at=None).values_list("pk", flat=True)),
        sessions=frozenset(current_sessions.values_list("pk", flat=True)),
        projects=dict(projects),
    )
