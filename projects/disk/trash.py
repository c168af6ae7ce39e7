"""The trash: deleted files and folders are moved there under a free name, and moved back from it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from projects.disk.flush import sync_folder
from projects.disk.links import free_name, move


def move_to_trash(path: Path, trash: Path) -> Path:
    """Move a file or folder into the folder `trash`, beside what is there, and return its new path."""
    trash.mkdir(parents=True, exist_ok=True)
    target = trash / free_name(trash, path.name)
    move(path, target)
    sync_folder(trash)
    sync_folder(path.parent)
    return target


def find_in_trash(trash: Path, name: str) -> list[Path]:
    """Return what may once have been `name`: that name, and those with a number that `free_name` adds."""
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (name, "")
    numbered = re.compile(rf"{re.escape(stem)}(-\d+)?{re.escape(ending)}")
    try:
        return [path for path in sorted(trash.iterdir()) if numbered.fullmatch(path.name) and not path.is_symlink()]
    except FileNotFoundError:
        return []


def move_out_of_trash(path: Path, target: Path) -> None:
    """Move a folder from the trash to `target`. Raise FileExistsError where something is there."""
    if os.path.lexists(target):
        raise FileExistsError(target)
    move(path, target)
    sync_folder(target.parent)
    sync_folder(path.parent)
