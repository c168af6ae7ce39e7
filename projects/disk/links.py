"""Hard links and renames that never replace a file, and survive a power cut."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Container
from pathlib import Path

from projects.disk.names import numbered

# errors of file systems without hard links (exFAT, some network shares), or across two file systems
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}


def sync_folder(path: Path) -> None:
    """Flush a folder to disk: a rename in it survives a power cut only after this."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
            # a link fails where the name exists, whereas a rename replaces
            os.link(source, target)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            source.rename(target)
        sync_folder(folder)
        return target


def link_or_copy(source: Path, target: Path) -> None:
    """Put the bytes of `source` at `target`, replacing what is there: a hard link, or else a flushed copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with source.open("rb") as original, target.open("xb") as copy:
            shutil.copyfileobj(original, copy)
            copy.flush()
            os.fsync(copy.fileno())
