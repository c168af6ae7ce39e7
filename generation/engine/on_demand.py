"""Workers that the studio starts when their queue has entries, and that end when they have had none for a while.

Whoever adds an entry asks for a worker, by a pipe that all processes of a studio have. The worker of the poll asks for
what came from elsewhere: from a command, or from another machine (`stand_in.py`).
"""

from __future__ import annotations

import os
from contextlib import suppress

pipe: int | None = None
"""The end of the studio's pipe to write to, in its processes; None in others, such as commands."""


def ask_for_worker(queue: str) -> None:
    """Ask the studio for one more worker of a queue. It starts none when all of them run."""
    if pipe is not None:
        # a full pipe has asked often enough, and a studio that is gone takes its processes along
        with suppress(OSError):
            os.write(pipe, f"{queue}\n".encode())
