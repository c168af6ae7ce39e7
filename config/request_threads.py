"""The threads that answer HTTP requests: a few work at once, and the others wait in the order in which they came.

By itself Django starts a thread for each request, with a database connection of its own. Three hundred threads take
turns at one interpreter lock, so that all of their pages are late, and each opens and closes a connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from django.db import connections

AT_ONCE = 4
"""How many requests are worked on at the same time. Measured, eight answer slightly fewer pages a second, and 300 at
once two thirds as many."""
PATIENCE_SECONDS = 0.2
"""How long a request may hold up those that wait.

Pages take less than half of that. What takes longer mostly waits for something else, such as an address that a person
gave.
"""


class RequestThreads:
    """Threads for requests, each with a database connection that it keeps."""

    def __init__(self) -> None:
        """Begin without threads."""
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._idle: list[ThreadPoolExecutor] = []

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[tuple[ThreadPoolExecutor, Callable[[], None]]]:
        """Wait for a turn. Give a thread, and a function that ends the turn early: the next may start then.

        The turn ends by itself after PATIENCE_SECONDS. The thread is the request's own until the end of the context.
        """
        await self._turns.acquire()
        end_turn = self._once(self._turns.release)
        timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, end_turn)
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, "request", keep_connections)
        try:
            yield thread, end_turn
        except BaseException:
            # it may still be at work on what nobody waits for any more
            _end(thread)
            raise
        else:
            self._put_back(thread)
        finally:
            timer.cancel()
            end_turn()

    @staticmethod
    def _once(call: Callable[[], None]) -> Callable[[], None]:
        calls = [call]

        def call_once() -> None:
            if calls:
                calls.pop()()

        return call_once

    def _put_back(self, thread: ThreadPoolExecutor) -> None:
        """Keep a thread for later requests; end it where slow requests have made it one too many."""
        if len(self._idle) < AT_ONCE:
            self._idle.append(thread)
        else:
            _end(thread)


def _end(thread: ThreadPoolExecutor) -> None:
    """Have a thread close its connections and end, after what it works on."""
    thread.submit(connections.close_all)
    thread.shutdown(wait=False)


def keep_connections() -> None:
    """Let the connections of this thread stay open after a request; only this process knows that its threads stay.

    Before the first query of a request a connection is tried, since PostgreSQL may have been restarted.
    """
    for connection in connections.all():
        connection.settings_dict = {**connection.settings_dict, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
