"""Wrong passwords cost time: after a few of them for a name, or from an address, a pause that grows with each one.

In the database, since several web processes share it and Redis may be away. A pause ends by itself and soon, so
that no stranger locks anybody out; a sign-in link works all the while.
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

from projects.models import SignInTries

FREE_TRIES = 5
# seconds; an address may wait longer, since it is rarely somebody else's
LONGEST = {"name": 60, "address": 900}
FORGOTTEN_AFTER = timedelta(hours=1)


def take(request: HttpRequest, username: str) -> int:
    """Seconds to wait before the next try; 0: it may be made now, and counts as wrong until `succeeded` is told.

    Counted beforehand: who tries a hundred at once gets no more tries than who tries one after the other.
    """
    now = timezone.now()
    with transaction.atomic():
        SignInTries.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
        tries = {kind: _row(key, now) for kind, key in _keys(request, username).items()}
        wait = max(_left(row, LONGEST[kind], now) for kind, row in tries.items())
        if not wait:
            pks = [row.pk for row in tries.values()]
            SignInTries.objects.filter(pk__in=pks).update(count=F("count") + 1, last_at=now)
    return wait


def succeeded(request: HttpRequest, username: str) -> None:
    """The name begins anew; from the address only this try is taken back, else one's own account would clear it."""
    keys = _keys(request, username)
    SignInTries.objects.filter(key=keys["name"]).delete()
    SignInTries.objects.filter(key=keys.get("address"), count__gt=0).update(count=F("count") - 1)


def _row(key: str, now: datetime) -> SignInTries:
    row, _ = SignInTries.objects.select_for_update().get_or_create(key=key, defaults={"last_at": now})
    return row


def _left(tries: SignInTries, longest: int, now: datetime) -> int:
    if tries.count < FREE_TRIES:
        return 0
    pause = min(longest, 2 ** min(tries.count - FREE_TRIES + 1, 20))
    # at least one: who is told to wait should not be told for no time
    left = (tries.last_at + timedelta(seconds=pause) - now).total_seconds()
    return max(1, round(left)) if left > 0 else 0


def _keys(request: HttpRequest, username: str) -> dict[str, str]:
    """Digests: what is typed as a name may be a password in the wrong field."""
    told = {"name": username.strip().casefold(), "address": _address(request)}
    return {kind: hashlib.sha256(f"{kind}:{text}".encode()).hexdigest() for kind, text in told.items() if text}


def _address(request: HttpRequest) -> str:
    """Where the request comes from, as far as that is known. Of IPv6 the network, since a home has a whole one."""
    text = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_HTTPS_PROXY:
        # the last entry is the proxy's own word; those before it are anybody's
        text = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return text if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))
