"""The token that names a process, in claims and leases, and whether that process is dead."""

from __future__ import annotations

import os
import socket
import uuid
from functools import cache
from pathlib import Path


def new_token() -> str:
    """Return a token for one claim or lease of this process: machine, process id, and a random part."""
    # the random part tells two claims of one process apart
    return f"{_machine()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def is_dead(token: str) -> bool:
    """Return whether the holder was a process of this machine that has ended; then its claim need not run out first."""
    machine, _, rest = token.partition(":")
    if "/" not in machine or machine != _machine():
        return False
    try:
        # signal 0 is not sent; it only asks whether the process exists. A number that was given to another process
        # counts as alive, and then the claim ends by expiry
        os.kill(int(rest.partition(":")[0]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        # it lives, and belongs to another user
        pass
    return False


@cache
def _machine() -> str:
    """Return a name for this machine since its start, and for the namespace of process ids, which containers have.

    Without `/proc` the name has no slash, and no holder is ever known to be dead.
    """
    # cut, so that the whole token fits into `claimed_by`; a colon separates its parts
    name = socket.gethostname()[:20].replace(":", "-")
    try:
        boot_id = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
        namespace = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        return name
    return f"{name}/{boot_id}/{namespace}"
