"""What a studio takes of a small server: memory of all its processes together, at rest and with takes on the way.

The proportional set size (PSS) counts a page of memory that several processes share once, divided among them.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests import media
from tests.api_client import Api
from tests.bench.table import Row
from tests.fakes.runway import FakeRunway
from tests.fakes.runway.http_server import serving
from tests.studio_process import RunningStudio

# longer than a decoding process waits for another file
REST_SECONDS = 75.0
TAKES = 20
AT_REST_MB, AT_WORK_MB = 260, 350


def rows() -> list[Row]:
    django = _megabytes_of_django()
    with serving(FakeRunway()) as runway:
        runway.limit("gen4_turbo", 1000, daily=100_000, used=0)
        with_key = _measure({"RUNWAY_API_KEY": "key_test", "RUNWAY_API_URL": runway.url})
    # nothing ends while it is measured
    simulated = _measure({"DAILIES_SIMULATOR_OPTIONS": f"--task-seconds 120 --concurrency {TAKES}"})
    return [
        _row("with a key, at rest", with_key[0], AT_REST_MB, django),
        _row(f"with a key, {TAKES} takes on the way", with_key[1], AT_WORK_MB, django),
        _row("with the simulator, at rest", simulated[0], AT_REST_MB, django),
        _row(f"with the simulator, which draws {TAKES} takes", simulated[1], None, django),
    ]


def _row(what: str, measured: float, promised: float | None, django: float) -> Row:
    said = f"≤ {promised:.0f} MB" if promised else ""
    held = not promised or measured <= promised
    return Row(f"memory {what}", measured, said, held, django, "one process with Django", "MB")


def _measure(env: dict[str, str]) -> tuple[float, float]:
    """Return the megabytes of all processes of a studio at rest, and with takes on the way."""
    with RunningStudio(env={**env, "RUNWAY_POLL_SECONDS": "5"}) as studio:
        time.sleep(REST_SECONDS)
        at_rest = _megabytes_of_studio(studio)
        api = Api(studio.url, studio.token())
        project, scene = api.scene("Bench")
        picture = media.picture(640, 360, "PNG")
        jobs = [api.generate(project, scene, picture)["jobId"] for _ in range(TAKES)]
        for job in jobs:
            api.wait(job, "pending", "running", "throttled")
        return at_rest, _megabytes_of_studio(studio)


def _megabytes_of_studio(studio: RunningStudio) -> float:
    assert studio.process
    return sum(map(_megabytes, _tree(studio.process.pid)))


def _tree(pid: int) -> list[int]:
    """Return a process and all that it has started, and so on."""
    children = [
        int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()
    ]
    return [pid, *(each for child in children for each in _tree(child))]


def _megabytes(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        # it has ended since it was listed
        return 0.0
    return int(text.split("\nPss:")[1].split()[0]) / 1024


def _megabytes_of_django() -> float:
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        time.sleep(5)
        megabytes = _megabytes(process.pid)
        process.communicate(b"\n")
    return megabytes
