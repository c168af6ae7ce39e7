"""What a worker does beside its queue: it sees to it that some process polls, and does without Redis while it is away.

Rows lead. A nudge that cannot be sent, or a poll that cannot be queued, must not hold up what they would start.
"""

from __future__ import annotations

import time

import redis.exceptions
from rq.utils import import_attribute

from generation.engine import leases, poll, queues, shutdown, sweep
from generation.engine.adoption import Adoption

# looks in a row without a poll, after which any worker polls; another may be about to pick up its entry
LOOKS_BEFORE_POLL = 3
# then Redis and the poll are looked at again
ROUND_SECONDS = 15.0


class StandIn:
    """Stands in for the poll, and for the nudges of one queue."""

    def __init__(self, queue: str) -> None:
        """Stand in at the worker of `queue`."""
        self._queue = queue
        self._adoption = Adoption()
        # how many times in a row nobody polled, and no entry for it was picked up
        self._looks = 0

    def look(self) -> None:
        """Adopt what the journal proves, poll if nobody else does, and without Redis do the queue's overdue steps."""
        if self._queue == "submit":
            self._adoption.look()
        redis_is_away = not queues.is_redis_up()
        self._looks = 0 if self._sees_poll() else self._looks + 1
        # the worker of the poll begins first, so that the others have time for their own steps
        if self._looks >= (1 if redis_is_away and self._queue == "poll" else LOOKS_BEFORE_POLL):
            poll.run_shift()
        if redis_is_away and self._queue in sweep.OVERDUE:
            self._do_overdue()

    def _sees_poll(self) -> bool:
        """Return whether some process polls, or is about to; queue a poll when none does."""
        if leases.is_held(poll.LEASE_NAME):
            return True
        try:
            # one entry is enough, however many workers look at the same moment
            if queues.count_waiting("poll"):
                return False
        except (redis.exceptions.RedisError, OSError):
            return False
        queues.nudge("poll")
        return True

    def _do_overdue(self) -> None:
        # the function that a nudge would run, which RQ too looks up by its name
        step = import_attribute(f"{queues.TASKS_MODULE}.{self._queue}")
        end = time.monotonic() + ROUND_SECONDS
        for job in sweep.OVERDUE[self._queue]():
            if shutdown.requested.is_set() or time.monotonic() > end:
                return
            step(str(job.pk))
