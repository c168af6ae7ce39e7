"""Room on the disk: where uploads are kept while they arrive, and whether an error says that there is no room."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path
from typing import IO

from projects.disk.layout import UPLOADS


def temporary_file(projects_root: Path) -> IO[bytes]:
    """Return a new file without a name on the disk where the projects are, for an upload while it arrives.

    The folder of the system's temporary files may be small, or be memory. The file ends when it is closed, or with its
    process, so nothing has to be cleaned up. Raise OSError.
    """
    folder = projects_root / UPLOADS
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)


def is_out_of_room(error: BaseException) -> bool:
    """Return whether an error says that the disk, or what this user may use of it, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
