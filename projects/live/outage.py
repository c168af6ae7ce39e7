"""Spares callers a Redis that lets them wait: whoever has waited in vain tells the others."""

from __future__ import annotations

import time

# a refused connection costs nothing, so it is tried again at once
SLOW_SECONDS = 0.5
QUIET_SECONDS = 3.0


class Outage:
    """The moment until which nobody need try again, in this process."""

    def __init__(self) -> None:
        """Begin without an outage."""
        self._until = 0.0

    @property
    def lasts(self) -> bool:
        """Return whether an attempt has just failed by a time-out."""
        return time.monotonic() < self._until

    def note(self, began: float) -> None:
        """Note an attempt that has failed; it began at this moment of the monotonic clock."""
        now = time.monotonic()
        if now - began > SLOW_SECONDS:
            self._until = now + QUIET_SECONDS
