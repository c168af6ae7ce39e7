"""Run a command that dies with its parent: `python -I -S die_with_parent.py PARENT_PID COMMAND…`.

The kernel keeps the promise, so it holds on kill -9 of the parent too. A process of its own that sets it and becomes
the command is safe where code between fork and exec is not. Only Linux has it; elsewhere see leftovers.py.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):  # it died before we asked
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - a list, no shell


if __name__ == "__main__":
    main()
