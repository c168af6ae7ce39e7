"""A real studio in a folder of its own: `manage.py studio` with all its processes, for tests through the web."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import pytest
import requests

from tests.migrated_database import NOTHING_SET, TOP, copy_migrated

T = TypeVar("T")
# or waits for a person
ENDED = ("completed", "failed", "cancelled", "unconfirmed")


class RunningStudio:
    """`with RunningStudio(env={…}) as studio:`.

    The folder is short, has a migrated database, and goes at the end, unless it was given.
    """

    def __init__(
        self, data_dir: Path | None = None, *, env: Mapping[str, str] | None = None, args: tuple[str, ...] = ()
    ):
        self._temporary = None if data_dir else tempfile.TemporaryDirectory(prefix="dailies-")
        self.data_dir = data_dir or Path(self._temporary.name if self._temporary else "")
        self.env = {**os.environ, **NOTHING_SET, "RUNWAY_POLL_SECONDS": "0.3", **(env or {})}
        self.env["DATA_DIR"] = str(self.data_dir)
        if self._temporary and not self.env["DATABASE_URL"]:
            copy_migrated(self.data_dir / "dailies.sqlite3")
        self.args = args
        self.program = TOP
        """Where the program is; another version may be somewhere else."""
        self.log = Path(tempfile.gettempdir()) / f"dailies-studio-{os.getpid()}-{id(self)}.log"
        self.process: subprocess.Popen[str] | None = None
        self.output: list[str] = []
        self.url = ""
        self._ready = threading.Event()
        self._tokens: dict[str, str] = {}

    def __enter__(self) -> Self:
        try:
            if self.process is None:
                self.begin()
            self.wait_until_ready()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if self.process and self.process.poll() is None:
                self.stop()
        finally:
            self.log.unlink(missing_ok=True)
            if self._temporary:
                self._temporary.cleanup()

    def begin(self, port: int = 0) -> None:
        """Start it and return at once."""
        self.output.clear()
        self._ready.clear()
        command = [sys.executable, str(self.program / "manage.py"), "studio", "--port", str(port), *self.args]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=log, text=True)
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()

    def wait_until_ready(self, seconds: float = 100) -> None:
        if not self._ready.wait(seconds) or not self.url:
            raise AssertionError(f"The studio is not ready after {seconds} s.\n{self.log_text()[-5000:]}")

    def _read(self, process: subprocess.Popen[str]) -> None:
        with process.stdout as lines:  # type: ignore[union-attr]
            for line in lines:
                self.output.append(line.rstrip("\n"))
                if line.startswith("Dailies is ready: "):
                    self.url = line.split()[-1].rstrip("/")
                    self._ready.set()
        self._ready.set()  # it ended: nobody need wait longer

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, signum: int = signal.SIGTERM) -> int:
        """The exit code; an assertion when it takes longer than the ten seconds that are promised."""
        assert self.process
        self.process.send_signal(signum)
        return self.process.wait(10)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait(10)

    def command(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Any other `manage.py` command on the same folder."""
        command = [sys.executable, str(self.program / "manage.py"), *args]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60)

    def token(self, user: str = "owner") -> str:
        """An API token of a person, the same for each caller: the command takes a second."""
        if user not in self._tokens:
            done = self.command("apitoken", user)
            assert done.returncode == 0, done.stderr
            self._tokens[user] = done.stdout.splitlines()[-1]
        return self._tokens[user]

    def cancel_jobs(self, token: str) -> None:
        """Cancel what the person of the token has on its way, and wait until it has ended."""
        headers = {"Authorization": f"Bearer {token}"}
        with requests.Session() as session:
            session.headers.update(headers)

            def unfinished() -> list[str]:
                answer = session.get(f"{self.url}/api/jobs?limit=20", timeout=10).json()
                return [job["jobId"] for job in answer["data"]["jobs"] if job["status"] not in ENDED]

            for job in unfinished():
                session.post(f"{self.url}/api/jobs/{job}/cancel", timeout=10)
            eventually(lambda: not unfinished(), 20)

    def make_film(self) -> dict[str, str]:
        """Make Mara's film (see `tests.browser.sample_film`) in a process of its own; the parts of its addresses."""
        command = [sys.executable, "-m", "tests.browser.sample_film"]
        made = subprocess.run(command, env=self.env, cwd=TOP, capture_output=True, text=True, timeout=120)
        assert made.returncode == 0, made.stderr
        return dict(json.loads(made.stdout))

    def health(self) -> dict[str, Any]:
        try:
            return dict(requests.get(f"{self.url}/healthz", timeout=5).json())
        except requests.RequestException:
            return {}

    def children(self) -> dict[str, int]:
        """Name → pid: redis, simulator, web, poll-1, check-1, and while they have work submit-1, submit-2, collect-1,
        collect-2, export-1."""
        try:
            known = json.loads((self.data_dir / "studio.json").read_text())["processes"]
        except FileNotFoundError:
            return {}
        return {name: process["pid"] for name, process in known.items()}


def is_alive(pid: int) -> bool:
    """False also for one that has ended and waits to be collected by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def eventually(check: Callable[[], T], seconds: float = 20) -> T:
    """The first answer that is true; for what no event tells of. Most is there soon; what is not is asked for less."""
    end, pause = time.monotonic() + seconds, 0.01
    while not (answer := check()):
        assert time.monotonic() < end, f"Not within {seconds} s."
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    return answer


@pytest.fixture(scope="package")
def studio() -> Iterator[RunningStudio]:
    """One for all tests of a folder that do not stop it, with the sample project and quick tasks."""
    with RunningStudio(env={"DAILIES_SIMULATOR_OPTIONS": "--task-seconds 2"}) as running:
        yield running
