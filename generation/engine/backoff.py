"""The delay before a failed step is tried again."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.utils import timezone

from generation.runway.errors import NotAccepted

FIRST_DELAY_SECONDS = 2.0
LONGEST_DELAY_SECONDS = 120.0
# no attempt is delayed further, whatever Runway's Retry-After says
MAX_DELAY = timedelta(minutes=10)


def next_attempt_at(attempts: int, error: Exception | None = None) -> datetime:
    """Return when to try again after a number of failed `attempts`.

    The delay doubles from two seconds to two minutes, plus up to half of it as jitter. Runway's Retry-After is
    honored up to MAX_DELAY.
    """
    # the exponent has a limit because a job may wait for days, and so count thousands of attempts
    delay = min(FIRST_DELAY_SECONDS * 2 ** min(attempts, 10), LONGEST_DELAY_SECONDS)
    # as Runway advises (https://docs.dev.runwayml.com/errors/errors): jobs that failed together must not return
    # together
    delay *= 1 + random.random() / 2  # noqa: S311 - spreads load, guards nothing
    # Runway does not document Retry-After, but whatever stands before its API may send it
    retry_after = error.retry_after if isinstance(error, NotAccepted) else None
    return timezone.now() + min(timedelta(seconds=max(delay, retry_after or 0)), MAX_DELAY)


def seconds_from_now(seconds: float) -> datetime:
    """Return the moment that is so many seconds ahead."""
    return timezone.now() + timedelta(seconds=seconds)
