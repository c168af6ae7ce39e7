"""The judgment on a file. Nothing here decodes: it is made in the judging process, and read by others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from generation.quality.findings import Finding

Verdict = Literal["pass", "warn", "fail"]
OUT_OF_MEMORY_EXIT = 12
"""The exit code of the judging process when it has no memory left."""


@dataclass(frozen=True)
class Reason:
    """A finding, and the frame at its time as a small JPEG."""

    finding: Finding
    thumbnail: bytes | None


@dataclass(frozen=True)
class Judgment:
    """A verdict with its reasons. `fingerprint` and `facts` are those of a clip, and empty for other files."""

    verdict: Verdict
    reasons: list[Reason] = field(default_factory=list)
    fingerprint: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


def build_judgment(reasons: list[Reason], fingerprint: list[str], facts: dict[str, Any]) -> Judgment:
    """Return the judgment whose verdict is that of the worst reason."""
    levels = {reason.finding.level for reason in reasons}
    verdict: Verdict = "fail" if "fail" in levels else "warn" if levels else "pass"
    return Judgment(verdict, reasons, fingerprint, facts)
