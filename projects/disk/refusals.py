"""What a file system may refuse: shares and exchangeable disks lack hard links, locks, or flushes of folders.

Each call that may be refused has its substitute in one place: `flush.py`, `links.py`, `locks.py`. A refusal is told
from a failure, such as a full or broken disk, by the number of the error.
"""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path

logger = logging.getLogger("dailies.disk")

REFUSALS = frozenset(
    {
        errno.EINVAL,  # CIFS, vboxsf, WSL
        errno.EPERM,  # exFAT, vboxsf; links to files of another owner
        errno.EACCES,  # a server that does not give this right
        errno.ENOTSUP,
        errno.EOPNOTSUPP,
        errno.ENOSYS,  # FUSE without this call
        errno.EXDEV,  # two mounts, or two quotas of one
        errno.EMLINK,  # the file has as many links as it can have
        errno.ENOTTY,
        errno.EBADF,  # a folder that is open for reading only
        errno.EISDIR,
        errno.ENOLCK,  # NFS without its lock service
        errno.EBUSY,
        errno.ETXTBSY,  # a server that renames no open file
    }
)

# what was reported already, also by the process that started this one: the studio's log says it once, not once a worker
_VARIABLE = "DAILIES_REPORTED_REFUSALS"
_reported: set[str] = set()


def is_refusal(error: OSError) -> bool:
    """Return whether the file system does not offer what it was asked for, rather than having failed at it."""
    return error.errno in REFUSALS


def report(what: str, folder: Path, error: OSError, instead: str) -> None:
    """Log that the file system of `folder` refuses `what`, once for each file system and tree of processes."""
    try:
        key = f"{what} {folder.stat().st_dev}"
    except OSError:
        key = what
    if key in _reported or key in os.environ.get(_VARIABLE, "").split(","):
        return
    _reported.add(key)
    logger.warning("the file system of %s refuses %s (%s): %s", folder, what, error.strerror, instead)


def tell_children() -> None:
    """Let the processes that this one starts leave out what it has reported."""
    os.environ[_VARIABLE] = ",".join(sorted(_reported))
