"""A small disk of the test's own, which can be filled. It needs a system that lets us mount one."""

from __future__ import annotations

import errno
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Disk:
    """A folder, and why it cannot be filled; empty where it can."""

    path: Path
    reason: str


@contextmanager
def small_disk(megabytes: int) -> Iterator[Disk]:
    with tempfile.TemporaryDirectory(prefix="dailies-chaos-") as name:
        reason = _mount(name, megabytes)
        try:
            yield Disk(Path(name), reason)
        finally:
            if not reason:
                subprocess.run(["umount", "--lazy", name], check=True)


def _mount(name: str, megabytes: int) -> str:
    if sys.platform != "linux":
        return "no tmpfs on this system"
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "dailies-chaos", name], capture_output=True, text=True
        )
    except FileNotFoundError:
        return "there is no mount command"
    return done.stderr.strip() if done.returncode else ""


def fill(filler: Path) -> None:
    """Take all the room there is."""
    with filler.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(64 * 1024))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
