"""Whom an identity signs in: the account that it belongs to, one that it is linked to, or a new one."""

from __future__ import annotations

import re
from typing import Any, cast

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from projects.access import audit
from projects.access.openid.identity import Identity
from projects.problems import conflict, forbidden, not_found

_NOT_IN_NAMES = re.compile(r"[^\w.@+-]+")
_MAX_NAME = 100


def account_for(identity: Identity) -> User:
    """Return the account of an identity; link or create it where there is none.

    Raise Problem 403 for another domain, an account that was closed, and an address that belongs to an account which
    the identity must not be linked to by itself.
    """
    identity.check_domain()
    user = _find(identity) or _link_or_create(identity)
    if not user.is_active:
        raise forbidden(_("This account was closed. Ask the studio's owner."))
    _set_staff(identity, user)
    return user


def providers() -> list[dict[str, Any]]:
    """Return the providers of the settings, each with `provider_id` and `name`."""
    return cast(list[dict[str, Any]], settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])


def providers_of(user: User) -> list[dict[str, Any]]:
    """Return the providers of the settings, and whether the person has an identity of each."""
    if not (known := providers()):
        return []
    linked = set(SocialAccount.objects.filter(user=user).values_list("provider", flat=True))
    return [
        {"id": each["provider_id"], "name": each["name"], "is_linked": each["provider_id"] in linked} for each in known
    ]


def connect(identity: Identity, user: User) -> None:
    """Link an identity to the person who is signed in. Raise Problem 403 where it belongs to another account."""
    identity.check_domain()
    owner = _find(identity)
    if owner is not None and owner.pk != user.pk:
        raise forbidden(
            _("This identity of {provider_name} belongs to another account here.").format(
                provider_name=identity.provider_name
            )
        )
    if owner is None:
        with transaction.atomic():
            _link(identity, user)


def disconnect(user: User, provider_id: str) -> None:
    """Take the identities of a provider away from an account.

    Raise Problem 404 where it has none, 409 where the person could not sign in anymore.
    """
    with transaction.atomic():
        # locked: of two at once, the second sees what the first has left
        user = User.objects.select_for_update().get(pk=user.pk)
        known = {each["provider_id"]: each["name"] for each in providers()}
        mine = SocialAccount.objects.filter(user=user, provider__in=known)
        if provider_id not in known or not mine.filter(provider=provider_id).exists():
            raise not_found(_("sign-in of this account"))
        if not user.has_usable_password() and not mine.exclude(provider=provider_id).exists():
            raise conflict(
                _("{known} is your only way to sign in. Set a password first.").format(known=known[provider_id])
            )
        mine.filter(provider=provider_id).delete()
        audit.enter(audit.Action.IDENTITY_UNLINKED, user, user.username, provider=known[provider_id])


def _find(identity: Identity) -> User | None:
    rows = SocialAccount.objects.filter(provider=identity.provider_id, uid=identity.key)
    row = rows.select_related("user").first()
    return row.user if row else None


def _link_or_create(identity: Identity) -> User:
    try:
        with transaction.atomic():
            user = _same_person(identity) or _create(identity)
            _link(identity, user)
            return user
    except IntegrityError:
        # the same identity came twice at once, and the first has its account now
        if (found := _find(identity)) is not None:
            return found
        raise


def _link(identity: Identity, user: User) -> None:
    SocialAccount.objects.create(user=user, provider=identity.provider_id, uid=identity.key, extra_data={})
    audit.enter(audit.Action.IDENTITY_LINKED, user, user.username, provider=identity.provider_name)


def _same_person(identity: Identity) -> User | None:
    """Return the account with the address of the identity; None where no account has it.

    Only staff enter the addresses of accounts. An account is linked by itself where the provider has verified the
    address, and the settings name its domain; never one of staff, nor one that has an identity of this provider.
    """
    if not identity.email:
        return None
    accounts = list(User.objects.filter(email__iexact=identity.email)[:2])
    if not accounts:
        return None
    user = accounts[0]
    linked = SocialAccount.objects.filter(user=user, provider=identity.provider_id).exists()
    if len(accounts) > 1 or not identity.is_of_trusted_domain or user.is_staff or user.is_superuser or linked:
        raise forbidden(
            _(
                "An account here already has your email address. Sign in to it with its password, and connect "
                "{provider_name} on the account page."
            ).format(provider_name=identity.provider_name)
        )
    return user


def _create(identity: Identity) -> User:
    user = User(username=_free_name(identity), email=identity.email)
    user.first_name, user.last_name = identity.text("given_name")[:150], identity.text("family_name")[:150]
    user.set_unusable_password()
    user.save(force_insert=True)
    audit.enter(audit.Action.ACCOUNT, user, user.username, provider=identity.provider_name)
    return user


def _free_name(identity: Identity) -> str:
    """Return a name for a new account, as the provider calls the person, with a number where it is taken."""
    wanted = identity.text("preferred_username") or identity.email.partition("@")[0] or identity.text("name")
    name = _NOT_IN_NAMES.sub("-", wanted).strip("-")[:_MAX_NAME] or "person"
    number, free = 1, name
    while User.objects.filter(username__iexact=free).exists():
        number += 1
        free = f"{name}-{number}"
    return free


def _set_staff(identity: Identity, user: User) -> None:
    """Let the group decide who is staff, at each sign-in. A superuser is one whatever the provider says."""
    if not identity.staff_group or user.is_superuser or user.is_staff == identity.is_staff:
        return
    user.is_staff = identity.is_staff
    details = {"staff": user.is_staff, "provider": identity.provider_name}
    with transaction.atomic():
        user.save(update_fields=["is_staff"])
        audit.enter(audit.Action.ACCOUNT_CHANGED, None, user.username, None, **details)
