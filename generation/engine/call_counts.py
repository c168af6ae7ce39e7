"""Counts the calls to Runway and how long they took, for `/metrics` and the status page."""

from __future__ import annotations

import re

from projects.live.counters import counters

RUNWAY_REQUESTS = "runway_requests"
RUNWAY_SECONDS = "runway_seconds"
RUNWAY_SECONDS_SUM = "runway_seconds_sum"
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 30.0, 90.0)
"""Upper bounds in seconds; the last one is as long as a paid call may take."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def count_call(method: str, path: str, outcome: str, seconds: float) -> None:
    """Count one call: its path without ids, and its HTTP status or the name of the error."""
    counters.add(RUNWAY_REQUESTS, f"{method} {_ID.sub('{id}', path)}", outcome)
    bound = next((f"{bucket:g}" for bucket in BUCKETS if seconds <= bucket), "+Inf")
    counters.add(RUNWAY_SECONDS, bound)
    counters.add(RUNWAY_SECONDS_SUM, amount=seconds)
