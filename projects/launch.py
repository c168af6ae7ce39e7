"""Run a command that dies with its parent, with limits: `python -I -S launch.py PARENT_PID MEMORY NICENESS COMMAND…`.

The kernel sees to it, so it also works after kill -9 of the parent. This is a program of its own, which asks for the
signal, sets the limits and then becomes the command, because Python code between fork and exec is not safe in a process
with threads. It imports nothing of ours: with -I and -S it starts quickly, and finds no packages. Only Linux can end a
command with its parent; elsewhere the next start of a studio kills what is left, see config/studio/state_file.py.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def with_parent(command: Sequence[str], memory_bytes: int = 0, niceness: int = 0) -> list[str]:
    """Return the command that runs `command` so, as a child of this process.

    `memory_bytes` limits the addresses that it may use, and it then leaves no core file; 0 sets no limit.
    """
    launcher = [sys.executable, "-I", "-S", os.path.abspath(__file__)]  # noqa: PTH100 - pathlib is slow to import
    return [*launcher, str(os.getpid()), str(memory_bytes), str(niceness), *command]


def die_with(parent_pid: int) -> None:
    """Ask the kernel for SIGKILL at the parent's death; exit where it has died before."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent_pid:
            os._exit(1)


def main() -> None:
    """Ask for the signal and set the limits, then become the command."""
    parent_pid, memory, niceness, *command = sys.argv[1:]
    die_with(int(parent_pid))
    if int(memory):
        _limit(resource.RLIMIT_AS, int(memory))
        _limit(resource.RLIMIT_CORE, 0)
    os.nice(int(niceness))
    os.execv(command[0], command)  # noqa: S606 - a list, no shell


def _limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


if __name__ == "__main__":
    main()
