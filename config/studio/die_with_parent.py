"""Run a command that dies with its parent: `python -I -S die_with_parent.py PARENT_PID COMMAND…`.

The kernel sees to it, so it also works after kill -9 of the parent. This is a program of its own, which asks for the
signal and then becomes the command, because Python code between fork and exec is not safe in a process with threads.
Only Linux can do it; elsewhere the next start kills what is left, see state_file.py.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with(parent_pid: int) -> None:
    """Ask the kernel for SIGKILL at the parent's death; exit where it has died before."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent_pid:
            os._exit(1)


def main() -> None:
    """Ask for the signal, then become the command."""
    parent_pid, *command = sys.argv[1:]
    die_with(int(parent_pid))
    os.execv(command[0], command)  # noqa: S606 - a list, no shell


if __name__ == "__main__":
    main()
