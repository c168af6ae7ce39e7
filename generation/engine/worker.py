"""The RQ worker of the studio: it runs entries without forking, and makes sure that some process polls.

An entry takes milliseconds to seconds, and a fork would cost a hundred milliseconds. A worker that dies loses at most
one entry, which the sweep adds again.
"""

from __future__ import annotations

import logging
import threading
from types import FrameType
from typing import Any

import redis.exceptions
from django.db import DatabaseError, connection
from rq.worker import SimpleWorker

from generation.engine import leases, poll, queues, shutdown

logger = logging.getLogger("dailies.worker")

KEEPER_SECONDS = 2.0


class StudioWorker(SimpleWorker):
    """RQ's worker with a keeper thread, for the heartbeat and the poll."""

    # seconds between two attempts to reach a Redis that is away; by default RQ's pause grows to a minute
    max_connection_wait_time = 4.0

    def work(self, *args: Any, **kwargs: Any) -> bool:
        """Run entries until the worker is told to stop. RQ's log lines about entries are left out."""
        kwargs["logging_level"] = "WARNING"
        return bool(super().work(*args, **kwargs))

    def register_birth(self) -> None:
        """Register the worker at Redis and start its keeper."""
        super().register_birth()  # type: ignore[no-untyped-call]
        # a thread: RQ itself sends a heartbeat only between entries, and a poll or a download takes longer
        threading.Thread(target=self._keep, name="keeper", daemon=True).start()

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Stop after the running entry; a poll ends at once."""
        # first, so that a long step sees it and ends; RQ waits for the running entry
        shutdown.requested.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def _keep(self) -> None:
        """Send heartbeats and look after the poll until the worker stops."""
        poll_is_queued = False
        while not shutdown.requested.wait(KEEPER_SECONDS):
            try:
                self._stay_registered()
                self.heartbeat()
                poll_is_queued = ensure_polling(poll_is_queued)
            except DatabaseError as error:
                logger.warning("keeper: %s", error)
                # a database that was restarted does not know this connection
                connection.close()
            except (redis.exceptions.RedisError, OSError) as error:
                logger.warning("keeper: %s", error)
            except Exception:
                logger.exception("keeper")
                connection.close()
        connection.close()

    def _stay_registered(self) -> None:
        """Register again after Redis was emptied: RQ does it only once, and would take the worker for dead."""
        if not self.connection.hexists(self.key, "birth"):
            # a heartbeat may have created it again, with nothing else in it
            self.connection.delete(self.key)
            super().register_birth()  # type: ignore[no-untyped-call]


def ensure_polling(was_queued: bool) -> bool:
    """Queue a poll when no process polls, and return whether an entry for it waits in the queue.

    An entry that waited at the last look too (`was_queued`) has no worker that runs it, so it is run here.
    """
    if leases.is_held(poll.LEASE_NAME):
        return False
    # one entry is enough, however many workers look at the same moment
    if not queues.count_waiting("poll"):
        queues.nudge("poll")
        return False
    if was_queued:
        poll.run_shift()
    return not was_queued
