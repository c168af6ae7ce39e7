"""Drawn pictures and a clip for the sample project and the test take, made in a process of their own.

So nothing that only stores and shows files loads the libraries that draw them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

WIDTH, HEIGHT = 1280, 720
_COMMAND = [sys.executable, "-m", "generation.simulator.drawing_process"]
_REPOSITORY_ROOT = Path(__file__).resolve().parent.parent.parent


def draw(folder: Path, variants: Sequence[int], quality: int, clip_seconds: float = 0) -> None:
    """Write a JPEG for each variant into a folder, as `0.jpg` and so on, and a clip of the first as `clip.mp4`."""
    arguments = [str(folder), str(quality), *map(str, variants), "--clip", str(clip_seconds)]
    subprocess.run([*_COMMAND, *arguments], check=True, cwd=_REPOSITORY_ROOT, stdin=subprocess.DEVNULL)


@cache
def drawn_picture(variant: int, quality: int) -> bytes:
    """Return a JPEG, the same at every call."""
    with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
        draw(Path(folder), [variant], quality)
        return (Path(folder) / "0.jpg").read_bytes()
