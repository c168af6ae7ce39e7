"""Files that people put into folders, change or remove there: rows follow within seconds, without a click.

One process of the studio follows, see `generation/engine/folder_watch.py`.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from projects.disk.atomic import write_atomically
from projects.live import publish
from projects.mirror import drift, drift_repair
from projects.mirror.drift import Kind
from projects.models import Project

logger = logging.getLogger("dailies.mirror")

# files grow while they are copied: they are looked at when nothing has changed for so long
SETTLE_SECONDS = 1.0
_STATE = "folder-watch.json"
_FOLLOWED = {Kind.MOVED, Kind.RENAMED, Kind.CHANGED, Kind.EXTRA, Kind.MISSING}


class Settling:
    """Scenes in which something has changed, until nothing does any more."""

    def __init__(self) -> None:
        """Begin with none."""
        self._changed_at: dict[tuple[str, int], float] = {}

    def note(self, places: Iterable[tuple[str, int]]) -> None:
        """Note a change in these scenes, by the project's slug and the scene's number."""
        now = time.monotonic()
        self._changed_at |= dict.fromkeys(places, now)

    def take_settled(self) -> dict[str, set[int]]:
        """Return and forget the scenes in which nothing has changed for a while: numbers by slug."""
        before = time.monotonic() - SETTLE_SECONDS
        settled = [place for place, at in self._changed_at.items() if at <= before]
        by_project: dict[str, set[int]] = {}
        for slug, number in settled:
            del self._changed_at[slug, number]
            by_project.setdefault(slug, set()).add(number)
        return by_project


def follow(slug: str, numbers: set[int] | None = None) -> int:
    """Let the rows of these scenes of a project, or of all, follow their folders; return how many things differed."""
    project = Project.objects.filter(slug=slug, trashed_at=None).first()
    # a whole folder that was moved away is no wish to lose the rows of everything in it
    if project is None or not project.path.is_dir():
        return 0
    found = drift.find_media_drift(project, numbers)
    found.findings = [each for each in found.findings if each.kind in _FOLLOWED and each.file != project.path]
    new = [each for each in found.findings if not drift_repair.is_noted(each)]
    if new or found.back or found.times:
        found.findings = new
        drift_repair.repair(found)
        logger.info("folders project=%s findings=%d", slug, len(new))
    for scene in {each.scene for each in new if each.scene}:
        publish.publish_storyboard_change(project, scene)
    return len(new)


def follow_all() -> None:
    """Let all projects follow their folders."""
    for slug in Project.objects.filter(trashed_at=None).values_list("slug", flat=True):
        try:
            follow(slug)
        except OSError as error:
            logger.warning("folders project=%s: %s", slug, error)


def note_mode(mode: str) -> None:
    """Store how changes are heard of: `watching` or `scanning`."""
    write_atomically(Path(settings.DATA_DIR) / _STATE, json.dumps({"mode": mode}).encode())


def is_scanning() -> bool:
    """Return whether changes are looked for, since the system does not tell of them."""
    try:
        state = json.loads((Path(settings.DATA_DIR) / _STATE).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(state, dict) and state.get("mode") == "scanning"
