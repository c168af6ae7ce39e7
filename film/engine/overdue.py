"""The exports that nobody works on: they wait, or the process that had them is dead. The sweep nudges them."""

from __future__ import annotations

from django.utils import timezone

from film.models import Export
from generation.engine import claims, holders

AT_ONCE = 10


def to_export() -> list[Export]:
    """Return unfinished exports without a living holder, the oldest first."""
    now = timezone.now()
    claimed = Export.objects.unfinished().exclude(claimed_by="").order_by()
    dead = [token for token in claimed.values_list("claimed_by", flat=True).distinct() if holders.is_dead(token)]
    if dead:
        Export.objects.filter(claimed_by__in=dead).update(claimed_by="", claim_expires_at=None)
    return list(
        Export.objects.unfinished()
        .filter(claims.unclaimed(now), project__trashed_at=None)
        .order_by("created_at")[:AT_ONCE]
    )
