"""What a worker does beside its queue: it sees to it that some process polls, and does without Redis while it is away.

Rows lead. A nudge that cannot be sent, or a poll that cannot be queued, must not hold up what they would start. The
worker of the poll, which always runs, also looks after the queues whose workers do not.
"""

from __future__ import annotations

import time

import redis.exceptions

from generation.engine import leases, on_demand, poll, queues, shutdown, steps
from generation.engine.adoption import Adoption

# looks in a row without a poll, after which any worker polls; another may be about to pick up its entry
LOOKS_BEFORE_POLL = 3
# then Redis and the poll are looked at again
ROUND_SECONDS = 15.0
# how soon an entry of another machine, or of a command, has a worker
ASK_SECONDS = 0.5


def ask_for_workers() -> None:
    """Ask for a worker of each queue that has entries; while Redis is away, of each that has overdue rows."""
    try:
        names = [name for name, count in queues.count_waiting().items() if count]
    except (redis.exceptions.RedisError, OSError):
        names = [name for name in steps.queues_with_overdue() if any(True for _ in steps.overdue(name))]
    for name in names:
        on_demand.ask_for_worker(name)


class StandIn:
    """Stands in for the poll, and for the nudges of the queues of its worker."""

    def __init__(self, *queues_of_worker: str) -> None:
        """Stand in at the worker of these queues."""
        self._queues = queues_of_worker
        self._adoption = Adoption()
        # how many times in a row nobody polled, and no entry for it was picked up
        self._looks = 0

    def look(self) -> None:
        """Adopt what the journal proves, poll if nobody else does, and without Redis do the overdue steps."""
        if "poll" in self._queues:
            self._adoption.look()
        redis_is_away = not queues.is_redis_up()
        self._looks = 0 if self._sees_poll() else self._looks + 1
        # the worker of the poll begins first, so that the others have time for their own steps
        if self._looks >= (1 if redis_is_away and "poll" in self._queues else LOOKS_BEFORE_POLL):
            poll.run_shift()
        if redis_is_away:
            self._do_overdue()

    def _sees_poll(self) -> bool:
        """Return whether some process polls, or is about to; queue a poll when none does."""
        if leases.is_held(poll.LEASE_NAME):
            return True
        try:
            # one entry is enough, however many workers look at the same moment
            if queues.count_waiting()["poll"]:
                return False
        except (redis.exceptions.RedisError, OSError):
            return False
        queues.nudge("poll")
        return True

    def _do_overdue(self) -> None:
        end = time.monotonic() + ROUND_SECONDS
        for queue in self._queues:
            for row in steps.overdue(queue):
                if shutdown.requested.is_set() or time.monotonic() > end:
                    return
                steps.run(queue, str(row.pk))
