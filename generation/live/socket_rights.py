"""Whether open sockets may stay open, and what they may still see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from channels.db import database_sync_to_async
from django.contrib.auth import HASH_SESSION_KEY
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
        """Return whether the person is active, and the token or the session still valid."""
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
    people = list(User.objects.filter(pk__in=users, is_active=True))
    memberships = Membership.objects.filter(user__in=users, project__trashed_at=None)
    projects: defaultdict[int, set[str]] = defaultdict(set)
    for user, slug in memberships.values_list("user_id", "project__slug"):
        projects[user].add(slug)
    return SocketRights(
        users=frozenset(person.pk for person in people),
        tokens=frozenset(ApiToken.objects.filter(pk__in=tokens, revoked_at=None).values_list("pk", flat=True)),
        sessions=_valid_sessions(sessions, people),
        projects=dict(projects),
    )


def _valid_sessions(keys: Collection[str], people: Sequence[User]) -> frozenset[str]:
    """Return the keys of the sessions that have neither ended nor been made with an old password of their person."""
    # a sign-out deletes the row, but a changed password leaves it: Django compares this hash with each request
    hashes = {person.get_session_auth_hash() for person in people} if keys else set()
    current = Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now())
    return frozenset(row.session_key for row in current if row.get_decoded().get(HASH_SESSION_KEY) in hashes)
