"""When a step that failed is tried again."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.utils import timezone

from generation.runway.errors import NotAccepted

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 120.0
# no next try is further off, whatever Runway's Retry-After says
FURTHEST = timedelta(minutes=10)


def next_try(attempts: int, error: Exception | None = None) -> datetime:
    """Doubling from two seconds to two minutes, and half of jitter; Runway's Retry-After is honoured up to FURTHEST."""
    delay = min(FIRST_SECONDS * 2 ** min(attempts, 10), LONGEST_SECONDS)
    delay *= 1 + random.random() / 2  # noqa: S311 - spreads load, guards nothing
    asked = error.retry_after if isinstance(error, NotAccepted) else None
    return timezone.now() + min(timedelta(seconds=max(delay, asked or 0)), FURTHEST)


def in_seconds(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)
