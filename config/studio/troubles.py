"""What the studio notes of processes that hang or die, for its state file."""

from __future__ import annotations

import time
from collections import deque

from projects.web.troubles import NEWS_SECONDS, Trouble

# of a process that dies at each start there are many
_MOST = 20


class Troubles:
    """Those who hang now, and those who were replaced lately."""

    def __init__(self) -> None:
        """Begin without any."""
        self._late: dict[str, float] = {}
        self._replaced: deque[Trouble] = deque(maxlen=_MOST)

    @property
    def news(self) -> list[Trouble]:
        """Return what is told, the oldest first."""
        now = time.time()
        replaced = [trouble for trouble in self._replaced if trouble["at"] > now - NEWS_SECONDS]
        return [*replaced, *(Trouble(process=name, what="hangs", at=at) for name, at in self._late.items())]

    def note_late(self, names: set[str]) -> bool:
        """Note who misses heartbeats now; return whether these are others than before."""
        if names == self._late.keys():
            return False
        now = time.time()
        self._late = {name: self._late.get(name, now) for name in names}
        return True

    def note_death(self, name: str) -> None:
        """Note that a process has ended, and is started again."""
        cause: Trouble = {"process": name, "what": "hung" if name in self._late else "died", "at": time.time()}
        self._late.pop(name, None)
        self._replaced.append(cause)
