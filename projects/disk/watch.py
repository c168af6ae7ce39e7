"""Hears of changes in the folders of scenes: by the system where it tells, else by nobody, and then it says so."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import watchfiles

from projects.disk.layout import KIND_BY_FOLDER, scene_number
from projects.disk.names import SLUG

logger = logging.getLogger("dailies.mirror")

# what other machines change on these, this one is not told of
_SHARES = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "vboxsf", "fuse.sshfs", "fuse.glusterfs", "ceph", "afs"}
_DEBOUNCE_MS, _STEP_MS = 300, 100


def media_place(root: Path, path: str) -> tuple[str, int] | None:
    """Return the project and the number of the scene in whose folders a path may be a media file; None for others."""
    try:
        parts = Path(path).relative_to(root).parts
    except ValueError:
        return None
    if len(parts) < 2 or not SLUG.fullmatch(parts[0]) or any(part.startswith(".") for part in parts):
        return None
    number = scene_number(parts[1])
    # a folder of media that is moved as a whole counts, too
    return (parts[0], number) if number and (len(parts) == 2 or parts[2] in KIND_BY_FOLDER) else None


def can_watch(root: Path) -> bool:
    """Return whether the system tells of all changes under `root`: not on shares."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return True
    under = [(Path(place.replace("\\040", " ")), kind) for place, kind in mounts]
    holding = [(len(place.parts), kind) for place, kind in under if root.resolve().is_relative_to(place)]
    return not holding or max(holding)[1] not in _SHARES


def watch(root: Path, seconds: float, stop: threading.Event) -> Iterator[set[tuple[str, int]]]:
    """Yield the projects and scenes in whose folders something has changed, an empty set after `seconds` without any.

    Raise OSError or RuntimeError where the system cannot watch so many folders.
    """
    real = root.resolve()
    changes = watchfiles.watch(
        real,
        watch_filter=lambda _, path: media_place(real, path) is not None,
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        rust_timeout=int(seconds * 1000),
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=False,
        ignore_permission_denied=True,
    )
    for paths in changes:
        yield {place for _, path in paths if (place := media_place(real, path))}
