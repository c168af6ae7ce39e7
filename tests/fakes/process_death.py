"""kill -9 of a process that is none: whatever it tries after its death has no effect.

What the engine reaches the outside with is caught at its edge (HTTP's adapter, the database's cursor, the flushes and
renames of files). At each of these the process may die.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class Death(BaseException):
    """kill -9."""


class Lifetime:
    """`left`: how many more times the process reaches the outside before it dies; None: it lives on."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.dead = False

    def begin(self, left: int | None = None) -> None:
        """Another process, or the same one, which lives on."""
        self.left, self.dead = left, False

    def spend(self) -> None:
        """Reach the outside once; raises Death where it is over."""
        if self.left == 0:
            self.dead = True
        if self.dead:
            raise Death
        if self.left is not None:
            self.left -= 1

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """What another process does meanwhile."""
        left, self.left = self.left, None
        yield
        self.left = left


def patch_files(patch: pytest.MonkeyPatch, lifetime: Lifetime, on_journal: Callable[[], None]) -> None:
    """A process can die at each flush and each renaming; flushes do nothing. `on_journal`: after a line is written."""

    def pwrite(*args: Any) -> int:
        """Only the journal writes in this way."""
        lifetime.spend()
        written = write(*args)
        on_journal()
        return written

    write = os.pwrite
    patch.setattr(os, "pwrite", pwrite)
    for name in ("fsync", "link", "unlink", "replace"):
        patch.setattr(os, name, _mortal(getattr(os, name), lifetime, real=name != "fsync"))


def _mortal(call: Callable[..., Any], lifetime: Lifetime, *, real: bool) -> Callable[..., Any]:
    def mortal(*args: Any, **options: Any) -> Any:
        lifetime.spend()
        return call(*args, **options) if real else None

    return mortal
