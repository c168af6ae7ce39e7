"""How many calls of the API a person may make: one token bucket per person, kind of call and web process.

The limits are far above what a page or a program needs. They stop a runaway loop before it slows the others down.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from projects.problems import too_many

MAX_BUCKETS = 10_000
"""People whose bucket is remembered; beyond that the longest unused one is dropped, and starts full again."""


@dataclass
class Limit:
    """`rate` calls a second without end, and `burst` calls at once after a rest."""

    what: str
    rate: float
    burst: float
    # by the user's key: calls that are left, and the second at which that was so
    _buckets: OrderedDict[int, tuple[float, float]] = field(default_factory=OrderedDict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def allow(self, user_key: int, now: float) -> bool:
        """Count one call at the second `now`, and return whether it is within the limit."""
        with self._lock:
            # taken out and put in again, so that the order is that of use
            left, counted_at = self._buckets.pop(user_key, (self.burst, now))
            left = min(self.burst, left + (now - counted_at) * self.rate)
            allowed = left >= 1
            self._buckets[user_key] = (left - 1 if allowed else left, now)
            if len(self._buckets) > MAX_BUCKETS:
                self._buckets.popitem(last=False)
        return allowed


READS = Limit("reads", rate=200, burst=1000)
WRITES = Limit("writes", rate=50, burst=300)
FRAMES = Limit("frames", rate=100, burst=2000)
"""What a person's sockets may send, all of them together; opening one counts, too."""


def allows_frame(user: User) -> bool:
    """Count a frame of this person, and return whether it is within the limit."""
    return FRAMES.allow(user.pk, time.monotonic())


def check_rate(user: User, *, reads: bool) -> None:
    """Count a call of this person. Raise Problem 429 over the limit of reads, or of writes."""
    limit = READS if reads else WRITES
    if not limit.allow(user.pk, time.monotonic()):
        raise too_many(
            _("You may make {rate:g} {what} a second. Slow down, and try again.").format(
                rate=limit.rate, what=limit.what
            )
        )
