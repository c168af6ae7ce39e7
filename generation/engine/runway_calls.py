"""How Runway has answered the studio's calls, from the counters of all processes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from generation.engine.call_counts import BUCKETS, RUNWAY_REQUESTS, RUNWAY_SECONDS, RUNWAY_SECONDS_SUM
from projects.live.counters import read_counters


@dataclass(frozen=True)
class Call:
    """A kind of call: how often it was made, how many failed, and the outcomes of those that did."""

    name: str
    count: int
    failed: int
    outcomes: str


@dataclass(frozen=True)
class RunwayCalls:
    """All kinds of calls, how long they took on average, and within which time 95 of 100 were answered, in seconds."""

    calls: list[Call]
    mean_seconds: float | None
    slow_seconds: float | None


def runway_calls() -> RunwayCalls:
    """Return what was counted since Redis was emptied last. Raise RedisError when Redis is away."""
    outcomes: dict[str, dict[str, int]] = defaultdict(dict)
    buckets: dict[str, float] = {}
    seconds = 0.0
    for name, labels, value in read_counters():
        if name == RUNWAY_REQUESTS:
            outcomes[labels[0]][labels[1]] = int(value)
        elif name == RUNWAY_SECONDS:
            buckets[labels[0]] = value
        elif name == RUNWAY_SECONDS_SUM:
            seconds = value
    count = sum(buckets.values())
    calls = [_call(name, counts) for name, counts in sorted(outcomes.items())]
    return RunwayCalls(calls, seconds / count if count else None, _quantile(buckets, 0.95 * count))


def _call(name: str, counts: dict[str, int]) -> Call:
    failures = {outcome: count for outcome, count in counts.items() if not outcome.startswith("2")}
    words = ", ".join(f"{outcome}: {count}" for outcome, count in sorted(failures.items()))
    return Call(name, sum(counts.values()), sum(failures.values()), words)


def _quantile(buckets: dict[str, float], wanted: float) -> float | None:
    """Return the bound within which so many were answered; None for none at all, or for longer ones than the last."""
    total = 0.0
    for bucket in BUCKETS if wanted else ():
        total += buckets.get(f"{bucket:g}", 0.0)
        if total >= wanted:
            return bucket
    return None
