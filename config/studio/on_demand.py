"""Starts workers when they are needed: a worker that waits costs 15 MB, and 30 MB when it has worked.

A fork has loaded everything, so a worker takes its first entry within a tenth of a second.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from config.studio.process import Child

REST_SECONDS = 60
"""How long a worker waits for another entry before it ends, as the processes do that decode files."""
_PIPE_BYTES = 65_536


class Requests:
    """The pipe by which the studio's processes ask for workers, with the name of a queue for each entry."""

    def __init__(self) -> None:
        """Open the pipe. Nobody waits for it at either end."""
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        os.set_blocking(self.writer, False)

    def take(self, children: Iterable[Child]) -> list[Child]:
        """Return which of the children are to be started now: one for each entry, of those that rest."""
        resting = [child for child in children if child.is_resting]
        wanted: list[Child] = []
        for queue in self._read():
            child = next((child for child in resting if queue in child.on_demand), None)
            if child:
                resting.remove(child)
                wanted.append(child)
        return wanted

    def _read(self) -> list[str]:
        try:
            # names are written whole, and this is all that a pipe holds
            return os.read(self.reader, _PIPE_BYTES).decode().split()
        except BlockingIOError:
            return []
