"""The errors of commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from projects.problems import Problem


@contextmanager
def command_errors(note: str = "") -> Iterator[None]:
    """Turn a Problem of the block into a CommandError.

    It names each wrong field on a line of its own; the note follows them.
    """
    try:
        yield
    except Problem as problem:
        lines = [*(field.message for field in problem.fields), note] if problem.fields else [problem.message]
        raise CommandError("\n".join(filter(None, lines))) from None
