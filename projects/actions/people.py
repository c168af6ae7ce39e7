"""The accounts of the studio, for staff: who there is, and to disable and enable an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.access import audit, permissions
from projects.access.openid.accounts import providers
from projects.models import ApiToken, Membership
from projects.problems import Problem, conflict, forbidden, not_found


@dataclass(frozen=True)
class Person:
    """An account as staff see it. `films` and `owned` count projects that are not in the trash."""

    user: User
    last_seen: datetime | None
    """The last sign-in, or the last call with an API token, which is noted once a minute."""
    films: int
    owned: int
    has_second_factor: bool
    identities: list[str]
    """The names of the OpenID Connect providers that the person can sign in with."""

    @property
    def role(self) -> str:
        """`administrator` (a superuser), `staff` or `member`."""
        if self.user.is_superuser:
            return "administrator"
        return "staff" if self.user.is_staff else "member"


def people(by: User | AnonymousUser) -> QuerySet[User]:
    """Return all accounts by name, for `describe()`. Raise Problem 403 for whoever is no staff."""
    permissions.require_staff(by)
    return User.objects.order_by("username")


def person_for(by: User | AnonymousUser, username: str) -> User:
    """Return an account. Raise Problem 403 for whoever is no staff, 404 where there is none of that name."""
    user = people(by).filter(username=username).first()
    if user is None:
        raise not_found(_("account"))
    return user


def describe(users: Sequence[User]) -> list[Person]:
    """Return what staff see of these accounts, in at most four queries however many there are."""
    keys = [user.pk for user in users]
    used = ApiToken.objects.filter(user__in=keys).order_by().values_list("user_id").annotate(Max("last_used_at"))
    memberships = Membership.objects.filter(user__in=keys, project__trashed_at=None).order_by().values_list("user_id")
    counts = memberships.annotate(films=Count("pk"), owned=Count("pk", filter=Q(role=Membership.Role.OWNER)))
    films = {user: (count, owned) for user, count, owned in counts}
    codes = Authenticator.objects.filter(user__in=keys, type=Authenticator.Type.TOTP)
    last_used, with_codes, identities = dict(used), set(codes.values_list("user_id", flat=True)), _identities(keys)
    return [
        Person(
            user,
            max(filter(None, (user.last_login, last_used.get(user.pk))), default=None),
            *films.get(user.pk, (0, 0)),
            user.pk in with_codes,
            identities[user.pk],
        )
        for user in users
    ]


def _identities(users: Sequence[int]) -> defaultdict[int, list[str]]:
    names = {each["provider_id"]: each["name"] for each in providers()}
    found: defaultdict[int, list[str]] = defaultdict(list)
    # an identity of a provider that the settings no longer have signs nobody in
    rows = SocialAccount.objects.filter(user__in=users, provider__in=names).order_by("provider", "pk")
    for user, provider in rows.values_list("user_id", "provider"):
        found[user].append(names[provider])
    return found


def set_active(by: User, username: str, *, active: bool) -> User:
    """Enable or disable an account and return it.

    Raise Problem 403 for whoever is no staff, or no administrator where the account is of staff, 404 where there is no
    such account, 409 for one's own account and that of the studio's owner.
    """
    person_for(by, username)
    with transaction.atomic():
        user = User.objects.select_for_update().get(username=username)
        if user.is_active != active:
            if problem := why_not(by, user):
                raise problem
            user.is_active = active
            user.save(update_fields=["is_active"])
            note_switch(by, user)
    return user


def why_not(by: User, user: User) -> Problem | None:
    """Return why staff may not switch an account; None where they may."""
    if (user.is_staff or user.is_superuser) and not by.is_superuser:
        return forbidden(_("Only an administrator may disable or enable an account of staff."))
    if user.pk == by.pk:
        return conflict(_("You can't disable your own account. Ask another administrator."))
    if user.is_active and user.username == settings.STUDIO_OWNER:
        return conflict(
            _("The account of the studio's owner can't be disabled. Name another one in STUDIO_OWNER first.")
        )
    return None


def note_switch(by: User | None, user: User) -> None:
    """Enter in the audit log that an account was switched; end all sessions and tokens of one that is disabled now.

    Without that they would be valid again with the account. Its sockets end as those of any session or token that has
    ended. Call it in the transaction of the change, from wherever that is made.
    """
    if user.is_active:
        audit.enter(audit.Action.ACCOUNT_ENABLED, by, user.username)
        return
    now = timezone.now()
    sessions = _sessions_of(user)
    Session.objects.filter(pk__in=sessions).delete()
    tokens = ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    audit.enter(audit.Action.ACCOUNT_DISABLED, by, user.username, sessions=len(sessions), tokens=tokens)


def _sessions_of(user: User) -> list[str]:
    # whose a session is stands in its data alone, so all that are valid are read
    rows = Session.objects.filter(expire_date__gt=timezone.now()).iterator()
    return [row.session_key for row in rows if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
