"""Names of reels, which an EDL has for files: at most eight letters and digits, and none twice."""

from __future__ import annotations

import re

from film.document.timeline import Medium, Timeline
from film.handover import edit

BLACK = "BL"
_NUMBER = re.compile(r"scene-(\d+)/")


def reels_of(timeline: Timeline) -> dict[str, Medium]:
    """Return the media of a film by their reels: `S01T002` is take 2 of scene 1, and other files are counted."""
    reels: dict[str, Medium] = {}
    media = sorted(edit.media_of(timeline).values(), key=lambda medium: (medium.path, medium.asset))
    for number, medium in enumerate(media, 1):
        name = _take_reel(medium)
        reels[f"R{number:05}" if name is None or name in reels else name] = medium
    return reels


def _take_reel(medium: Medium) -> str | None:
    scene = _NUMBER.match(medium.path)
    if scene is None or medium.take is None or medium.kind != "video":
        return None
    name = f"S{int(scene[1]):02}T{medium.take:03}"
    return name if len(name) <= 8 else None
