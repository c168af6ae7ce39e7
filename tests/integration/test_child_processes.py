"""A child process of the studio, with small programs in place of servers, and the state file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.studio import process as processes
from config.studio import state_file
from config.studio.process import Child
from tests.studio_process import eventually, is_alive

SLEEPS = "import time; time.sleep(60)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEPS}"


def python(code: str, name: str = "child") -> Child:
    return Child(name, [sys.executable, "-c", code])


@pytest.fixture
def sleeper() -> Iterator[Child]:
    child = python(SLEEPS)
    child.start()
    yield child
    processes.stop_all([child], 5)


def test_the_wait_before_a_restart_grows() -> None:
    assert [processes.restart_delay(n) for n in range(1, 9)] == [0, 0.5, 1, 2, 4, 8, 10, 10]
    assert processes.restart_delay(10_000) == 10


def test_an_exit_is_reported_once_with_its_code() -> None:
    codes: list[int] = []
    child = Child("child", [sys.executable, "-c", "raise SystemExit(3)"], on_exit=codes.append)
    for quick_exits in (1, 2):
        child.start()
        assert eventually(child.reap) == 3
        assert child.reap() is None
        assert child.pid is None
        assert child.quick_exits == quick_exits
    assert codes == [3, 3]
    assert 0.3 < child.restart_at - time.monotonic() <= 0.5


def test_a_long_run_resets_the_delay() -> None:
    child = python("raise SystemExit(1)")
    child.quick_exits = 5
    child.start()
    child.started_at -= processes.QUICK_EXIT_SECONDS
    eventually(child.reap)
    assert child.quick_exits == 1


def test_a_child_that_will_not_stop_is_killed(capfd: pytest.CaptureFixture[str]) -> None:
    deaf, sleeper = python(DEAF), python(SLEEPS)
    deaf.start()
    sleeper.start()
    eventually(lambda: "deaf" in capfd.readouterr().err)
    pids = [child.pid for child in (deaf, sleeper) if child.pid]
    began = time.monotonic()
    processes.stop_all([deaf, sleeper], 0.5)
    # one that sleeps for 60 seconds would be waited for otherwise
    assert time.monotonic() - began < 5
    assert [pid for pid in pids if is_alive(pid)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_child_dies_with_its_parent() -> None:
    parent = f"""
from config.studio.process import Child
child = Child("child", [{sys.executable!r}, "-c", {SLEEPS!r}])
child.start()
print(child.pid, flush=True)
{SLEEPS}
"""
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        # launch.py has become the command
        eventually(lambda: b"launch.py" not in Path(f"/proc/{pid}/cmdline").read_bytes())
        process.kill()
    eventually(lambda: not is_alive(pid))


def test_the_leftovers_of_an_earlier_studio_are_killed(tmp_path: Path, sleeper: Child) -> None:
    assert sleeper.pid
    state_file.write_state(tmp_path, "http://127.0.0.1:1", {"web": sleeper.pid})
    assert state_file.running_url(tmp_path) == "http://127.0.0.1:1"
    assert state_file.kill_leftovers(tmp_path) == ["web"]
    assert eventually(sleeper.reap) == -9


def test_another_process_with_the_same_number_is_left_alone(tmp_path: Path, sleeper: Child) -> None:
    assert sleeper.pid
    state_file.write_state(tmp_path, "http://127.0.0.1:1", {"web": sleeper.pid, "poll-1": 2**22 + 1})
    path = tmp_path / state_file.FILE_NAME
    known = json.loads(path.read_text())
    known["processes"]["web"]["born"] += "0"
    path.write_text(json.dumps(known))
    assert state_file.kill_leftovers(tmp_path) == []
    assert is_alive(sleeper.pid)


@pytest.mark.parametrize("text", [None, "", "{", '{"url": "http://127.0.0.1:1"}'])
def test_the_state_file_may_be_missing_or_broken(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / state_file.FILE_NAME).write_text(text)
    assert state_file.kill_leftovers(tmp_path) == []


def test_a_process_is_identified_by_when_it_began() -> None:
    assert state_file.process_birth(os.getpid()) == state_file.process_birth(os.getpid()) != state_file.process_birth(1)
    assert state_file.process_birth(2**22 + 1) == ""


# in a program of its own: a fork needs a process with a single thread
FORKS = """
import os, signal, sys, time, subprocess
from config.studio import heartbeat, process as processes
from config.studio.forked import Fork, call_in_fork

lock = open(sys.argv[1])
inherited = os.open(sys.argv[1], os.O_RDONLY)

def look():
    null = os.stat(os.devnull).st_ino
    print("stdout becomes stderr", file=sys.stdout)
    kept = [n for n in map(int, os.listdir("/proc/self/fd")) if n > 2 and os.path.exists(f"/proc/self/fd/{n}")]
    open_files = [n for n in kept if os.fstat(n).st_ino != null]
    sys.exit(3 if open_files == [inherited] and os.getsid(0) == os.getpid() else 4)

def refuse():
    raise LookupError("No room.")

def test(name, value):
    print(name, value, flush=True)

test("code", Fork(look, (inherited,)).wait(10))
test("error", Fork(lambda: 1 / 0).wait(10))
slow = Fork(lambda: time.sleep(60))
try:
    slow.wait(0.01)
except subprocess.TimeoutExpired:
    test("timeout", slow.poll())
slow.terminate()
test("terminated", slow.wait(10))
test("result", call_in_fork(lambda: {"pid": os.getppid()} == {"pid": os.getpid()} or "sent back"))
try:
    call_in_fork(refuse)
except LookupError as error:
    test("refused", error)
try:
    call_in_fork(lambda: os._exit(7))
except RuntimeError as error:
    test("died", error)
processes.HUNG_SECONDS = 0.3
heartbeat.BEAT_SECONDS = 0.05
child = processes.Child("child", [sys.executable, sys.argv[1]], fork=True)
child.start()
time.sleep(0.6)
well = child.is_hung
os.kill(child.pid, signal.SIGSTOP)
while not child.is_hung:
    time.sleep(0.05)
child.process.kill()
child.process.wait(10)
test("hung", (well, child.reap(), child.is_hung))
left = Fork(lambda: time.sleep(60))
test("left", left.pid)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")
def test_a_fork_is_a_process_of_its_own(tmp_path: Path) -> None:
    program = tmp_path / "sleep.py"
    program.write_text(SLEEPS)
    command = [sys.executable, "-c", FORKS, str(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        lines = dict(process.stdout.readline().rstrip("\n").split(" ", 1) for _ in range(9))
        left = int(lines.pop("left"))
        assert is_alive(left)
        process.kill()
        errors = process.stderr.read()
    eventually(lambda: not is_alive(left))
    assert lines == {
        "code": "3",
        "error": "1",
        "timeout": "None",
        "terminated": "-15",
        "result": "sent back",
        "refused": "No room.",
        "died": "a step of the start died with 7",
        "hung": "(False, -9, False)",
    }
    assert "stdout becomes stderr" in errors
    assert errors.count("ZeroDivisionError") == 1
