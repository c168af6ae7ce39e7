"""The RQ worker of the studio: it runs entries without forking, and outlives a Redis that is away.

An entry takes milliseconds to seconds, and a fork would cost a hundred milliseconds. A worker that dies loses at most
one entry, which the sweep adds again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import redis.exceptions
from django.db import DatabaseError, connection
from rq.exceptions import StopRequested
from rq.worker import SimpleWorker

from generation.engine import folder_watch, queues, shutdown
from generation.engine.stand_in import ASK_SECONDS, StandIn, ask_for_workers

logger = logging.getLogger("dailies.worker")

LOOK_SECONDS = 2.0


class StudioWorker(SimpleWorker):
    """RQ's worker with two threads: one sends heartbeats, one looks after the poll and what Redis cannot tell of."""

    # seconds between two attempts to reach a Redis that is away; by default RQ's pause grows to a minute
    max_connection_wait_time = 4.0

    def work(self, *args: Any, **kwargs: Any) -> bool:
        """Run entries until the worker is told to stop. RQ's log lines about entries are left out.

        RQ's loop ends when Redis goes away in the middle of an entry; it begins again when Redis is back.
        """
        kwargs["logging_level"] = "WARNING"
        if kwargs.get("burst"):
            return bool(super().work(*args, **kwargs))
        # before RQ sets its own, for the time in which there is no Redis
        self._install_signal_handlers()  # type: ignore[no-untyped-call]
        # threads: RQ itself sends a heartbeat only between entries, and a poll or a download takes longer
        _start_thread("keeper", self._stay_registered)
        names = [queue.name for queue in self.queues]
        if folder_watch.QUEUE in names:
            folder_watch.start()
        _start_thread("stand-in", StandIn(*names).look)
        if "poll" in names:
            _start_thread("asking", ask_for_workers, ASK_SECONDS)
        try:
            while not shutdown.requested.is_set():
                if queues.is_redis_up() and self._work_until_redis_is_away(*args, **kwargs):
                    return True
                shutdown.requested.wait(LOOK_SECONDS)
        except StopRequested:
            pass
        return False

    def _work_until_redis_is_away(self, *args: Any, **kwargs: Any) -> bool:
        """Run RQ's loop, and return whether it ended for another reason."""
        try:
            super().work(*args, **kwargs)
        except (redis.exceptions.RedisError, OSError) as error:
            logger.warning("worker %s: %s", self.queues[0].name, error)
        return queues.is_redis_up()

    def register_birth(self) -> None:
        """Register the worker at Redis, also when it has been there before."""
        self.connection.delete(self.key)
        super().register_birth()  # type: ignore[no-untyped-call]

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Stop after the running entry; a poll ends at once."""
        # first, so that a long step sees it and ends; RQ waits for the running entry
        shutdown.requested.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def subscribe(self) -> None:
        """Subscribe to nothing: the studio sends no commands to RQ's workers."""

    def _set_ip_address(self, connection: redis.Redis) -> None:
        """Leave the address out, which RQ would ask Redis for before the worker begins."""
        self.ip_address = "unknown"

    def _stay_registered(self) -> None:
        """Send a heartbeat. RQ registers only once: after Redis was emptied it would take the worker for dead."""
        if not self.connection.hexists(self.key, "birth"):
            self.register_birth()
        self.heartbeat()


def _start_thread(name: str, look: Callable[[], None], seconds: float = LOOK_SECONDS) -> None:
    """Call `look` again and again until the worker stops, whatever it raises."""

    def run() -> None:
        is_failing = False
        while not shutdown.requested.wait(seconds):
            try:
                look()
                is_failing = False
            except (DatabaseError, redis.exceptions.RedisError, OSError) as error:
                # an outage is told once
                if not is_failing:
                    logger.warning("%s: %s", name, error)
                is_failing = True
                # a database that was restarted does not know this connection
                connection.close()
            except Exception:
                logger.exception(name)
                connection.close()
        connection.close()

    threading.Thread(target=run, name=name, daemon=True).start()
