"""The tasks that a web process runs beside its requests: each goes on after any error, and says when it fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger("dailies.events")


class BackgroundTasks:
    """Tasks that repeat a step for as long as the process lives."""

    def __init__(self) -> None:
        self.failing: set[str] = set()
        """The names of the tasks whose last step raised an error."""
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def are_running(self) -> bool:
        """Return whether they were started."""
        return bool(self._tasks)

    def start(self, name: str, step: Callable[[], Awaitable[None]], pause: float) -> None:
        """Repeat a step, with a pause in seconds in front of each."""
        self._tasks.append(asyncio.create_task(self._repeat(name, step, pause), name=name))

    async def _repeat(self, name: str, step: Callable[[], Awaitable[None]], pause: float) -> None:
        while True:
            await asyncio.sleep(pause)
            try:
                await step()
                self.failing.discard(name)
            # whatever it is: a task that ended would be missed by nobody, and what it does would not be done again
            except Exception as error:
                log = logger.warning if name in self.failing else logger.exception
                log("hub: %s goes on after an error: %s", name, error or type(error).__name__)
                self.failing.add(name)
