"""When waiting jobs will be sent and done: by the day's limit of their model, its places, and how long takes take here.

No database and no clock in it: what is known goes in, and the plan comes out.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(hours=24)


@dataclass(frozen=True)
class Waiting:
    """A job that waits for us; `seconds`: how long it will hold its place at Runway."""

    key: str
    seconds: float


@dataclass(frozen=True)
class Lane:
    """What is known of a model.

    `started`: when each task of the last day was created, others' tasks too as far as they are known; `daily` and
    `concurrent`: Runway's limits, None for no limit or none that is known; `busy`: seconds that each task that is there
    now still takes.
    """

    started: Sequence[datetime]
    daily: int | None
    concurrent: int | None
    busy: Sequence[float] = ()


@dataclass(frozen=True)
class Place:
    """When a job is sent and when it is done. `next_day`: it waits for the day's limit, not only for a place.

    Both are None where it will never be sent: the limit is none a day.
    """

    key: str
    starts_at: datetime | None
    ends_at: datetime | None
    next_day: bool


def plan(waiting: Sequence[Waiting], lane: Lane, now: datetime) -> list[Place]:
    """The jobs in the order in which they are given, each at the first moment that Runway's limits allow."""
    if lane.daily == 0 or lane.concurrent == 0:
        return [Place(job.key, None, None, next_day=True) for job in waiting]
    started = sorted(moment for moment in lane.started if moment > now - WINDOW)
    free = _free(lane, now)
    found: list[Place] = []
    next_day = False
    for job in waiting:
        has_place = heapq.heappop(free) if free is not None else now
        # the day rolls: one task more may be created when the one that many before it is a day old
        opens = started[-lane.daily] + WINDOW if lane.daily and len(started) >= lane.daily else now
        # whoever stands behind the first that waits for the day waits for it too
        next_day = next_day or opens > has_place
        starts = max(has_place, opens)
        ends = starts + timedelta(seconds=job.seconds)
        started.append(starts)
        if free is not None:
            heapq.heappush(free, ends)
        found.append(Place(job.key, starts, ends, next_day))
    return found


def _free(lane: Lane, now: datetime) -> list[datetime] | None:
    """A heap of the moments at which each place is free; None without a limit."""
    if lane.concurrent is None:
        return None
    free = [now] * lane.concurrent
    for seconds in sorted(lane.busy):
        heapq.heappush(free, heapq.heappop(free) + timedelta(seconds=seconds))
    return free
