"""A generated sound: whether it can be decoded to its end, is heard, and has the asked length."""

from __future__ import annotations

from generation.quality import rules
from generation.quality import thresholds as limit
from generation.quality.decode import Watched
from generation.quality.rules import Asked, Finding


def findings(watched: Watched, asked: Asked) -> list[Finding]:
    if not watched.frames:
        return [Finding("unreadable", "fail", "No sound can be decoded.")]
    found = list(rules.length(watched, asked))
    if watched.broke_at is not None:
        words = f"It cannot be decoded beyond {watched.broke_at:.1f} s: {watched.broke_with}."
        found.append(Finding("broken", "fail", words, watched.broke_at))
    if watched.peak < limit.SILENT_PEAK_DB:
        found.append(Finding("silent", "fail", "Nothing is heard in it.", 0.0))
    return found
