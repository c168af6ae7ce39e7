"""From a file and what was asked for to a verdict with its reasons."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import av
from PIL import Image

from generation.quality import pictures, rules, sounds
from generation.quality.decode import Watched, watch
from generation.quality.likeness import likeness
from generation.quality.rules import Asked, Finding
from projects.disk.posters import make_poster
from projects.disk.sniff import HEAD_BYTES, sniff
from projects.problems import Problem

Verdict = Literal["pass", "warn", "fail"]


@dataclass(frozen=True)
class Reason:
    """A finding, and what is to be seen at its time (a small JPEG)."""

    finding: Finding
    thumbnail: bytes | None


@dataclass(frozen=True)
class Judgement:
    verdict: Verdict
    reasons: list[Reason] = field(default_factory=list)
    fingerprint: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


def judge(path: Path, asked: Asked) -> Judgement:
    """MemoryError where the file wants more than this process may have; all else that is wrong with it is a reason."""
    with path.open("rb") as file:
        found = sniff(file.read(HEAD_BYTES))
    if found is None:
        return _judgement([Finding("unreadable", "fail", "This is no picture, sound or video that is known.")])
    if found.kind == "image":
        return _judgement(pictures.findings(path, asked))
    try:
        watched = watch(path, found.reader)
    except MemoryError:
        raise
    except (av.FFmpegError, ValueError) as error:
        return _judgement([Finding("unreadable", "fail", f"The file cannot be opened: {error}.")])
    if not watched.width:
        return _judgement(sounds.findings(watched, asked), watched)
    return _judgement(rules.findings(watched, asked, _likeness(watched, asked)), watched)


def _likeness(watched: Watched, asked: Asked) -> float | None:
    """None where there is no picture that the clip should begin with, or nothing to compare with it."""
    if not asked.first_frame or not watched.opening:
        return None
    try:
        prompt = make_poster(Path(asked.first_frame), "image", width=320)
    except (OSError, Problem):
        return None
    with Image.open(io.BytesIO(prompt)) as image:
        return likeness(image.convert("RGB"), watched.opening)


def _judgement(findings: list[Finding], watched: Watched | None = None) -> Judgement:
    reasons = [Reason(finding, _thumbnail(watched, finding)) for finding in findings]
    return judged(reasons, watched.fingerprint, _facts(watched)) if watched else judged(reasons, [], {})


def judged(reasons: list[Reason], fingerprint: list[str], facts: dict[str, Any]) -> Judgement:
    """The verdict is that of the worst reason."""
    levels = {reason.finding.level for reason in reasons}
    verdict: Verdict = "fail" if "fail" in levels else "warn" if levels else "pass"
    return Judgement(verdict, reasons, fingerprint, facts)


def _thumbnail(watched: Watched | None, finding: Finding) -> bytes | None:
    still = watched.still_at(finding.at) if watched else None
    if still is None:
        return None
    buffer = io.BytesIO()
    still.convert("RGB").save(buffer, "JPEG", quality=70, optimize=True)
    return buffer.getvalue()


def _facts(watched: Watched) -> dict[str, Any]:
    return {
        "container": watched.container,
        "codec": watched.codec,
        "width": watched.width or None,
        "height": watched.height or None,
        "seconds": round(watched.seconds, 3),
        "frames": watched.frames,
        "fps": round(watched.told_fps, 3) if watched.told_fps else None,
        "whole": watched.whole,
    }
