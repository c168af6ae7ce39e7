"""How many calls of the API one person may make: a bucket of them per person, kind and web process, filled steadily.

Far above what a page or a decent program needs; it holds up a loop that has gone mad, before it holds up the others.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from django.contrib.auth.models import User

from projects.problems import too_many

# people whose bucket is remembered; who is forgotten begins with a full one
PEOPLE = 10_000


@dataclass
class Limit:
    """`rate` calls a second for as long as one likes, and `burst` at once after a rest."""

    what: str
    rate: float
    burst: float
    _left: OrderedDict[int, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, who: int, now: float) -> bool:
        """Whether one call more may be made at this moment."""
        with self._lock:
            left, at = self._left.pop(who, (self.burst, now))
            left = min(self.burst, left + (now - at) * self.rate)
            self._left[who] = (max(left - 1, 0) if left >= 1 else left, now)
            if len(self._left) > PEOPLE:
                self._left.popitem(last=False)
        return left >= 1


READS = Limit("reads", rate=200, burst=1000)
WRITES = Limit("writes", rate=50, burst=300)


def check(user: User, *, reads: bool) -> None:
    """Problem 429 when this person asks too often."""
    limit = READS if reads else WRITES
    if not limit.take(user.pk, time.monotonic()):
        raise too_many(f"You may make {limit.rate:g} {limit.what} a second: wait a second, then go on more slowly.")
