"""Throttling of sign-in: after five wrong passwords for a name, or from an address, a pause that doubles with each.

The counts are in the database, since several web processes share it and Redis may be away. A pause is short, so that
a stranger cannot lock anybody out for long, and sign-in links work meanwhile. See docs/decisions.md for django-axes.
"""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from projects.models import SignInAttempts

FREE_ATTEMPTS = 5
# seconds; longer for an address, since an attacker rarely has the same one as the person
LONGEST_PAUSE = {"name": 60, "address": 900}
FORGOTTEN_AFTER = timedelta(hours=1)


def register_attempt(request: HttpRequest, username: str) -> int:
    """Count one attempt, and return 0; or return the seconds to wait, and count nothing.

    Call it before the password is checked: the attempt counts as wrong until `register_success` is called, so that a
    hundred attempts at once get no further than a hundred one after the other.
    """
    now = timezone.now()
    with transaction.atomic():
        # here and not in a task of its own: the table grows only by attempts
        SignInAttempts.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
        rows = {kind: _row(key, now) for kind, key in _keys(request, username).items()}
        wait = max(_seconds_left(row, LONGEST_PAUSE[kind], now) for kind, row in rows.items())
        if not wait:
            pks = [row.pk for row in rows.values()]
            SignInAttempts.objects.filter(pk__in=pks).update(count=F("count") + 1, last_at=now)
    return wait


def register_success(request: HttpRequest, username: str) -> None:
    """Forget the attempts for the name, and take the last one from the address back.

    The address keeps its earlier attempts: with an account of their own an attacker could clear it otherwise.
    """
    keys = _keys(request, username)
    SignInAttempts.objects.filter(key=keys["name"]).delete()
    SignInAttempts.objects.filter(key=keys.get("address"), count__gt=0).update(count=F("count") - 1)


def _row(key: str, now: datetime) -> SignInAttempts:
    # locked until the count is written, so that attempts at the same moment are counted one after the other
    row, _ = SignInAttempts.objects.select_for_update().get_or_create(key=key, defaults={"last_at": now})
    return row


def _seconds_left(row: SignInAttempts, longest: int, now: datetime) -> int:
    if row.count < FREE_ATTEMPTS:
        return 0
    # the exponent has a limit, since an attacker may have tried a thousand times
    pause = min(longest, 2 ** min(row.count - FREE_ATTEMPTS + 1, 20))
    # at least 1: "wait 0 seconds" would be no help
    left = (row.last_at + timedelta(seconds=pause) - now).total_seconds()
    return max(1, round(left)) if left > 0 else 0


def _keys(request: HttpRequest, username: str) -> dict[str, str]:
    """Return digests of the name and the address: what is typed as a name may be a password in the wrong field."""
    texts = {"name": username.strip().casefold(), "address": address_of(request)}
    return {kind: hashlib.sha256(f"{kind}:{text}".encode()).hexdigest() for kind, text in texts.items() if text}


def address_of(request: HttpRequest) -> str:
    """Return the address of the caller, or an empty text where it is not known.

    Of IPv6 it is the /64 network, since a single home has a whole one.
    """
    text = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_HTTPS_PROXY:
        # the proxy appends the last entry itself; the ones before it may be forged
        text = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return text if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))
