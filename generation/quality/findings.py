"""What quality control finds wrong with a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["warn", "fail"]
# what is wrong with the file itself, so that another take may be better
CONTENT_CODES = {
    "unreadable", "broken", "corrupt", "cut", "short", "shape", "size", "black", "flat", "frozen", "silent",
    "other_picture",
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a code for programs, one sentence for people, and seconds from the first frame."""

    code: str
    level: Level
    message: str
    at: float | None = None
