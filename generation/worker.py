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

from generation import queues
from generation.engine import claims, stopping

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
        stopping.requested.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def _keep(self) -> None:
        """While the worker lives: a heartbeat, and a nudge when nobody holds the poll."""
        while not stopping.requested.wait(KEEP_SECONDS):
            try:
                self._stay_known()
                self.heartbeat()
                if not claims.lease_is_held("poll") and not queues.waiting("poll"):
                    queues.nudge("poll")
            except (redis.exceptions.RedisError, OSError, DatabaseError) as error:
                logger.warning("keeper: %s", error)
            finally:
                connection.close()

    def _stay_known(self) -> None:
        """RQ registers a worker once: after a Redis that was emptied, it would live on and count as dead."""
        if not self.connection.hexists(self.key, "birth"):
            self.connection.delete(self.key)  # a heartbeat may have made it anew, with nothing else in it
            super().register_birth()  # type: ignore[no-untyped-call]
