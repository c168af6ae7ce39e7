"""Who looks at which scene right now: the sockets of this process, and what the other web processes tell of theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

SILENT_SECONDS = 15.0
"""A process that has told nothing for so long has ended; each repeats what it has every few seconds."""


class Viewers:
    """The names of the people at each scene, by the process that their sockets are connected to."""

    def __init__(self) -> None:
        self._names: defaultdict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        self._told_at: dict[str, float] = {}
        self._changed: set[str] = set()

    def mark(self, scenes: Iterable[str]) -> None:
        """Note that people of this process have come or gone, or that it is time to repeat who is there."""
        self._changed.update(scenes)

    def take_marked(self) -> list[str]:
        """Return the scenes that were marked since the last call."""
        changed, self._changed = sorted(self._changed), set()
        return changed

    def tell(self, scene: str, process: str, names: Iterable[str], now: float) -> bool:
        """Note who a process has at a scene; return whether that changes who is there. `now` is in seconds."""
        before = self.people(scene)
        self._told_at[process] = now
        self._names[scene][process] = frozenset(names)
        return self._clean(scene) != before

    def forget_silent(self, now: float) -> list[str]:
        """Drop what processes have told that are silent; return the scenes where that changes who is there."""
        silent = {process for process, told_at in self._told_at.items() if now - told_at > SILENT_SECONDS}
        changed = []
        for scene in list(self._names):
            before = self.people(scene)
            for process in silent:
                self._names[scene].pop(process, None)
            if self._clean(scene) != before:
                changed.append(scene)
        for process in silent:
            del self._told_at[process]
        return changed

    def people(self, scene: str) -> list[str]:
        """Return the names of the people at a scene, each once, in order."""
        return sorted({name for names in self._names.get(scene, {}).values() for name in names})

    def _clean(self, scene: str) -> list[str]:
        """Forget a scene that nobody looks at; return who does."""
        people = self.people(scene)
        if not people:
            self._names.pop(scene, None)
        return people
