"""When queued jobs of a model will be sent and done, by Runway's limits and by how long takes run.

Arithmetic only: no database and no clock.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# the time for which Runway counts tasks against the daily limit
WINDOW = timedelta(hours=24)


@dataclass(frozen=True)
class WaitingJob:
    """A queued job; `seconds` is how long it will occupy a slot at Runway."""

    key: str
    seconds: float


@dataclass(frozen=True)
class ModelCapacity:
    """What Runway lets a model do, and what it does now."""

    started: Sequence[datetime]
    """When each task of the last day was created, others' tasks too as far as they are known."""
    daily: int | None
    """The most tasks within WINDOW; None without a limit, or when none is known."""
    concurrent: int | None
    """The most tasks at once; None as above."""
    busy: Sequence[float] = ()
    """The seconds that each task that runs now still takes."""


@dataclass(frozen=True)
class ScheduledJob:
    """When a job starts and ends. Both are None when the limits allow no task of its model at all."""

    key: str
    starts_at: datetime | None
    ends_at: datetime | None
    next_day: bool
    """Whether it waits for the daily limit, not only for a free slot."""


def schedule_jobs(waiting: Sequence[WaitingJob], capacity: ModelCapacity, now: datetime) -> list[ScheduledJob]:
    """Return the jobs in the given order, each at the first moment that Runway's limits allow."""
    if capacity.daily == 0 or capacity.concurrent == 0:
        return [ScheduledJob(job.key, None, None, next_day=True) for job in waiting]
    # the limit counts the last 24 hours, not a calendar day (https://docs.dev.runwayml.com/usage/tiers)
    started = sorted(moment for moment in capacity.started if moment > now - WINDOW)
    free = _slots_free_at(capacity, now)
    scheduled: list[ScheduledJob] = []
    next_day = False
    for job in waiting:
        slot_free_at = heapq.heappop(free) if free is not None else now
        allowed_at = _daily_limit_allows_at(started, capacity.daily, now)
        # jobs behind the first one that waits for the daily limit wait for it too
        next_day = next_day or allowed_at > slot_free_at
        starts_at = max(slot_free_at, allowed_at)
        ends_at = starts_at + timedelta(seconds=job.seconds)
        # no job starts before the one ahead of it, so the list stays sorted
        started.append(starts_at)
        if free is not None:
            heapq.heappush(free, ends_at)
        scheduled.append(ScheduledJob(job.key, starts_at, ends_at, next_day))
    return scheduled


def _slots_free_at(capacity: ModelCapacity, now: datetime) -> list[datetime] | None:
    """Return a heap of the moments at which each slot is free; None without a limit."""
    if capacity.concurrent is None:
        return None
    free = [now] * capacity.concurrent
    for seconds in sorted(capacity.busy):
        heapq.heappush(free, heapq.heappop(free) + timedelta(seconds=seconds))
    return free


def _daily_limit_allows_at(started: Sequence[datetime], daily: int | None, now: datetime) -> datetime:
    """Return when the next task may be created: when the one that is `daily` tasks before it is a day old."""
    return started[-daily] + WINDOW if daily and len(started) >= daily else now
