"""Leases: which process does what only one may do at a time, such as the poll."""

from __future__ import annotations

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from generation.engine import holders
from generation.engine.claims import LEASE, expired
from generation.models import Lease


def acquire(name: str, token: str) -> bool:
    """Acquire or renew a lease; return whether it is ours now."""
    now = timezone.now()
    rows = Lease.objects.filter(name=name)
    dead = [holder for holder in rows.values_list("holder", flat=True) if holders.is_dead(holder)]
    # one conditional UPDATE: of two processes that try at once, only one finds the old holder
    if rows.filter(Q(holder__in=[token, *dead]) | expired("expires_at", now)).update(
        holder=token, expires_at=now + LEASE
    ):
        return True
    try:
        # only the first time ever; from then on there is a row
        return Lease.objects.get_or_create(name=name, defaults={"holder": token, "expires_at": now + LEASE})[1]
    except IntegrityError:
        # another process has created the row at the same moment, and holds the lease
        return False


def release(name: str, token: str) -> None:
    """Give a lease up, if it is still ours."""
    Lease.objects.filter(name=name, holder=token).update(holder="", expires_at=timezone.now())


def is_held(name: str) -> bool:
    """Return whether a living process holds the lease."""
    held = Lease.objects.filter(name=name).exclude(expired("expires_at", timezone.now()))
    return any(not holders.is_dead(holder) for holder in held.values_list("holder", flat=True))
