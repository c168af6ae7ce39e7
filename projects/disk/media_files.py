"""The media files of a scene as a listing of its folders shows them, and what an interrupted writer has left."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from projects.disk.layout import KIND_BY_FOLDER, SCENE_FOLDERS, TEMPORARY_PREFIX
from projects.disk.tree import list_folders


class MediaFile(NamedTuple):
    """A file in one of the folders for media; nothing of it was read."""

    kind: str
    """What the folder is for: image, audio or video."""
    name: str
    bytes: int
    time: int
    """When it was last written, in nanoseconds."""


def media_files(scene: Path) -> Iterator[MediaFile]:
    """Yield the files in a scene's folders for media, without dot-names and links; a missing folder is empty."""
    for folder, kind in KIND_BY_FOLDER.items():
        try:
            with os.scandir(scene / folder) as entries:
                for entry in entries:
                    if (status := _status(entry)) is not None:
                        yield MediaFile(kind, entry.name, status.st_size, status.st_mtime_ns)
        except (FileNotFoundError, NotADirectoryError):
            continue


def media_names(scene: Path) -> set[tuple[str, str]]:
    """Return kind and name of each file that `media_files()` yields, without a look at the files themselves."""
    names = set()
    for folder, kind in KIND_BY_FOLDER.items():
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(scene / folder) as entries:
            names |= {
                (kind, entry.name)
                for entry in entries
                if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)
            }
    return names


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    """Return the status of a file; None for anything else, and for one that is gone meanwhile."""
    if entry.name.startswith("."):
        return None
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def file_time(path: Path) -> int | None:
    """Return when a file was last written, in nanoseconds; None without one."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def temporary_files(project: Path) -> Iterator[Path]:
    """Yield the files in a project's folder, and in its scenes', that somebody began to write."""
    folders = [project, *(scene / name for scene in list_folders(project) for name in SCENE_FOLDERS)]
    for folder in folders:
        try:
            names = os.listdir(folder)  # noqa: PTH208 - a thousand times quicker than paths where there are many
        except (FileNotFoundError, NotADirectoryError):
            continue
        yield from (folder / name for name in sorted(names) if name.startswith(TEMPORARY_PREFIX))
