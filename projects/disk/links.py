"""Files that get a name without replacing another one, and survive a power cut.

A hard link is the best way, since it fails where the name is taken. Where the file system has none, the file is
renamed; where it cannot be renamed either (another mount, or open on a share), it is copied.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Container
from pathlib import Path

from projects.disk import refusals
from projects.disk.flush import flush_file, sync_folder
from projects.disk.layout import TEMPORARY_PREFIX
from projects.disk.locks import acquire
from projects.disk.names import numbered

_INSTEAD = "files are renamed or copied instead."


def free_name(folder: Path, name: str, taken: Container[str] = ()) -> str:
    """Return `name`, or the first of `name-2`, `name-3` … that is neither in the folder nor in `taken`."""
    return next(free for free in numbered(name) if free not in taken and not os.path.lexists(folder / free))


def move_to_free_name(source: Path, folder: Path, name: str, taken: Container[str] = ()) -> Path:
    """Move a file into `folder` under `name` or the next free one, and return its new path.

    A file that appears under that name at the same moment is not replaced.
    """
    target = link_to_free_name(source, folder, name, taken)
    source.unlink(missing_ok=True)
    return target


def link_to_free_name(source: Path, folder: Path, name: str, taken: Container[str] = ()) -> Path:
    """Give a file a second name in `folder`, `name` or the next free one, and return the new path.

    Where the file system has no hard links the file is renamed instead, and `source` is gone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        target = folder / free_name(folder, name, taken)
        try:
            link_or_move(source, target)
        except FileExistsError:
            continue
        sync_folder(folder)
        return target


def link_or_move(source: Path, target: Path) -> None:
    """Give a file a second name; where the file system has no hard links, move it there.

    Raise FileExistsError where `target` exists, and FileNotFoundError without `source`.
    """
    try:
        # a link fails where the name exists, whereas a rename replaces
        os.link(source, target)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError as error:
        # whatever the reason is: if it is not the link alone, the move fails for it too
        if os.path.lexists(target):
            raise FileExistsError(target) from error
        move(source, target)
        refusals.report("hard links", target.parent, error, _INSTEAD)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder over `target`; to another file system it is copied first, and then removed here."""
    try:
        source.replace(target)
    except OSError as error:
        if not refusals.is_refusal(error):
            raise
        _copy_and_rename(source, target)
        if source.is_dir():
            shutil.rmtree(source)
        else:
            source.unlink()


def link_or_copy(source: Path, target: Path) -> None:
    """Put the bytes of `source` at `target`, replacing what is there: a hard link, or else a flushed copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError as error:
        _copy_file(source, target)
        refusals.report("hard links", target.parent, error, _INSTEAD)


def _copy_and_rename(source: Path, target: Path) -> None:
    """Copy a file or folder to `target`, where it appears whole."""
    temporary = target.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-{secrets.token_hex(8)}")
    try:
        if source.is_dir():
            _copy_folder(source, temporary)
        else:
            _copy_file(source, temporary)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary) if temporary.is_dir() else temporary.unlink(missing_ok=True)
        raise


def _copy_folder(source: Path, target: Path) -> None:
    """Copy what is in a folder, without the rights and times that shutil.copytree sets: shares refuse these too."""
    target.mkdir()
    for entry in source.iterdir():
        if entry.is_symlink():
            (target / entry.name).symlink_to(entry.readlink())
        elif entry.is_dir():
            _copy_folder(entry, target / entry.name)
        else:
            _copy_file(entry, target / entry.name)
    sync_folder(target)


def _copy_file(source: Path, target: Path) -> None:
    with source.open("rb") as original, target.open("xb") as copy:
        # the lock of a living writer, as atomic.py explains
        acquire(copy.fileno(), target, wait=False)
        shutil.copyfileobj(original, copy)
        copy.flush()
        flush_file(copy.fileno(), target)
