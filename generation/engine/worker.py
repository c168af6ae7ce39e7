"""The RQ worker of the studio: it runs its entries without forking, and sees to it that somebody polls.

An entry is a nudge of some milliseconds to some seconds; a fork would cost a hundred. A worker that dies takes one
entry with it, which the sweep makes good.
"""

from __future__ import annotations

import logging
import threading
from types import FrameType
from typing import Any

import redis.exceptions
from django.db import DatabaseError, connection
from rq.worker import SimpleWorker

from generation.engine import claims, poll, queues, shutdown

logger = logging.getLogger("dailies.worker")

KEEP_SECONDS = 2.0


class StudioWorker(SimpleWorker):
    # seconds between two looks for a Redis that is away; RQ's own pause grows to a minute
    max_connection_wait_time = 4.0

    def work(self, *args: Any, **kwargs: Any) -> bool:
        # RQ's own lines are about entries; ours, one per event, are about jobs
        kwargs["logging_level"] = "WARNING"
        return bool(super().work(*args, **kwargs))

    def register_birth(self) -> None:
        super().register_birth()  # type: ignore[no-untyped-call]
        threading.Thread(target=self._keep, name="keeper", daemon=True).start()

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """The poll's shift ends at once; any other entry is finished."""
        shutdown.requested.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def _keep(self) -> None:
        """While the worker lives: a heartbeat, and a look whether somebody polls."""
        entry_waits = False
        while not shutdown.requested.wait(KEEP_SECONDS):
            try:
                self._stay_known()
                self.heartbeat()
                entry_waits = see_to_the_poll(entry_waits)
            except DatabaseError as error:
                logger.warning("keeper: %s", error)
                connection.close()  # a database that was started anew knows the old line no more
            except (redis.exceptions.RedisError, OSError) as error:
                logger.warning("keeper: %s", error)
            except Exception:
                logger.exception("keeper")
                connection.close()
        connection.close()

    def _stay_known(self) -> None:
        """RQ registers a worker once: after a Redis that was emptied, it would live on and count as dead."""
        if not self.connection.hexists(self.key, "birth"):
            self.connection.delete(self.key)  # a heartbeat may have made it anew, with nothing else in it
            super().register_birth()  # type: ignore[no-untyped-call]


def see_to_the_poll(entry_waited: bool) -> bool:
    """A nudge when nobody holds the poll; whether its entry waits.

    One that waited at the last look too has no worker that takes it: it hangs, or does not start. So we poll.
    """
    if claims.lease_is_held("poll"):
        return False
    if not queues.waiting("poll"):
        queues.nudge("poll")
        return False
    if entry_waited:
        poll.shift()
    return not entry_waited
