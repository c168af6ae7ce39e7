"""Flushes to disk, of files and of folders. Where the file system offers none, the program goes on without."""

from __future__ import annotations

import os
from pathlib import Path

from projects.disk import refusals

_RISK = "after a power cut what was written last may be missing."


def flush_file(descriptor: int, path: Path) -> None:
    """Flush an open file, which lies at `path`, to disk. Raise OSError when that fails."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if not refusals.is_refusal(error):
            raise
        refusals.report("flushes of files", path.parent, error, _RISK)


def sync_folder(path: Path) -> None:
    """Flush a folder to disk: a rename in it survives a power cut only after this. Raise OSError when that fails."""
    try:
        _sync(path)
    except OSError as error:
        if not refusals.is_refusal(error):
            raise
        refusals.report("flushes of folders", path, error, _RISK)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
