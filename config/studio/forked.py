"""Python programs as forks of the studio: what it has loaded is there at once, and its memory is shared.

Started by themselves, eight processes load Django eight times: measured, 650 MB and ten seconds of CPU. A fork is safe
while the studio has a single thread and no connection, so the steps of its start that need a database run in a fork,
too. Only Linux forks: elsewhere the libraries of the system have threads.
"""

from __future__ import annotations

import os
import pickle
import runpy
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from projects.launch import die_with

T = TypeVar("T")
CAN_FORK = sys.platform == "linux"
_STDERR = 2
# what the studio handles itself, and a fork must not
_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}


class Fork:
    """A running fork, with those methods of `subprocess.Popen` that the studio uses."""

    def __init__(self, run: Callable[[], object], keep_open: tuple[int, ...] = ()) -> None:
        """Fork, and call `run` there, with the file descriptors `keep_open`."""
        self.returncode: int | None = None
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        # a signal in between would be handled by the studio's handlers, in the fork
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        self.pid = os.fork()
        if self.pid == 0:
            _run_and_exit(parent, run, keep_open)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def poll(self) -> int | None:
        """Return the exit code (negative: the signal), or None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, at most `timeout` seconds, and return the exit code. Raise TimeoutExpired."""
        if self.poll() is None:
            file = os.pidfd_open(self.pid)
            try:
                select.select([file], [], [], timeout)
            finally:
                os.close(file)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def terminate(self) -> None:
        """Send SIGTERM, unless it has ended."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL, unless it has ended."""
        self._send(signal.SIGKILL)

    def _send(self, signum: int) -> None:
        # the number belongs to it until it is reaped
        if self.poll() is None:
            os.kill(self.pid, signum)


def call_in_fork(function: Callable[[], T]) -> T:
    """Call a function in a fork, and return what it returns or raise what it raises. Elsewhere than on Linux: here."""
    if not CAN_FORK:
        return function()
    reader, writer = os.pipe()

    def send_result() -> None:
        with os.fdopen(writer, "wb") as pipe:
            try:
                pickle.dump((function(), None), pipe)
            except Exception as error:
                error.add_note(traceback.format_exc())
                pickle.dump((None, error), pipe)

    fork = Fork(send_result, (writer,))
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as pipe:
            answer = pipe.read()
    finally:
        # a stop signal may end the wait; without one it is done
        fork.terminate()
        fork.wait()
    if not answer:
        raise RuntimeError(f"a step of the start died with {fork.returncode}")
    result, error = pickle.loads(answer)  # noqa: S301 - from our own fork
    if error:
        raise error
    return result  # type: ignore[no-any-return]


def run_python(arguments: list[str]) -> None:
    """Run `-m MODULE …` or `FILE …` in this process, as the interpreter would."""
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[0] = str(Path(arguments[0]).parent)
        runpy.run_path(arguments[0], run_name="__main__")


def _run_and_exit(parent: int, run: Callable[[], object], keep_open: tuple[int, ...]) -> None:
    code = 1
    try:
        _separate(parent, keep_open)
        run()
        code = 0
    except SystemExit as request:
        code = request.code if isinstance(request.code, int) else int(request.code is not None)
        if isinstance(request.code, str):
            print(request.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        # as `multiprocessing` does: threads of pools end their work, then nothing of the studio's own is run
        threading._shutdown()  # type: ignore[attr-defined]
        sys.stderr.flush()
        os._exit(code)


def _separate(parent: int, keep_open: tuple[int, ...]) -> None:
    """Make a fork independent of the studio: session, death, signals, and open files."""
    os.setsid()
    die_with(parent)
    signal.set_wakeup_fd(-1)
    for signum in _SIGNALS:
        signal.signal(signum, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _drop_files(keep_open)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _drop_files(keep_open: tuple[int, ...]) -> None:
    """Put /dev/null in the place of the studio's files, among them its lock; stdout becomes stderr.

    A closed number would be given out again, and then be closed by the object that had it first.
    """
    null = os.open(os.devnull, os.O_RDWR)
    for number in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        if number not in (1, _STDERR, null, *keep_open):
            os.dup2(null, number, inheritable=False)
    os.dup2(null, 0)
    # stdout is for the lines that the studio itself promises
    os.dup2(_STDERR, 1)
    os.close(null)
