"""What a decoding process may use, and how long it stays."""

from __future__ import annotations

from dataclasses import dataclass

NICENESS = 5
"""Behind the pages, but not so far that an upload stands still on a busy machine: a person waits for it."""
EXIT_CHECK_SECONDS = 1.0
"""How often it looks whether the process that it works for is still there."""


@dataclass(frozen=True)
class Limits:
    """The limits of one process; those of time are for one file."""

    memory_bytes: int = 1024**3
    """Enough for the largest picture, and for frames of 8K."""
    cpu_seconds: int = 60
    """A clip of 500 MB is read in a few seconds."""
    wall_seconds: float = 180.0
    """Longer, since other processes may need the cores more."""
    idle_seconds: float = 60.0
    """So long a process waits for the next file; then it ends, and a studio at rest has none."""
    max_jobs: int = 500
    kept_bytes: int = 256 * 1024**2
    """A process that has used more memory ends after its answer, and so gives it back."""
