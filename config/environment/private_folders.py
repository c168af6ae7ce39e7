"""Folders that only this user may enter, and where the socket of the studio's own Redis lies."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MAX_SOCKET_PATH = 100
"""Bytes in the path of a Unix socket: sockaddr_un holds 108 on Linux and 104 on macOS, with the closing zero."""
# the same for every process, whatever TMPDIR is in its environment
FALLBACK_FOLDER = Path("/tmp")  # noqa: S108 - folders in it are private, see make_private_folder


def redis_socket_path(data_dir: Path) -> Path:
    """Return where the studio's own Redis listens: in the data folder, or in /tmp where that path is long or odd."""
    path = data_dir / "redis" / "redis.sock"
    # redis-py cannot parse a blank in it when a worker asks Redis for its clients
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH and re.fullmatch(r"[\w./-]+", str(path), re.ASCII):
        return path
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return FALLBACK_FOLDER / f"dailies-{os.getuid()}-{digest}" / "redis.sock"


def make_private_folder(path: Path) -> None:
    """Make a folder that only this user can enter. Raise ImproperlyConfigured where it belongs to another user.

    Another user who made it first could listen to what is said over a socket in it.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if {path.lstat().st_uid, path.stat().st_uid} != {os.getuid()}:
            raise ImproperlyConfigured(f"{path} belongs to another user. Remove it, or choose another DATA_DIR.")
        path.chmod(0o700)
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be used: {error.strerror}.") from None
