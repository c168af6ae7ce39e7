"""N Runway tasks polled every five seconds by one worker, beside the official SDK waiting for the same tasks."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.bench.table import Row, percentile

SECONDS = 30.0
WARM_UP_SECONDS = 8.0
POLL_SECONDS = 5.0
TICKS = os.sysconf("SC_CLK_TCK")
TOP = Path(__file__).resolve().parents[2]
PROMISED = {100: 0.5, 1000: 0.45}


@dataclass(frozen=True)
class Measured:
    """CPU seconds of a thousand polls (0: not one came through); lateness (seconds after the fifth) of each; resident
    megabytes."""

    cpu: float
    lateness: list[float]
    megabytes: float
    polls: int


def rows() -> list[Row]:
    return [row for count in (100, 1000, 5000) for row in _rows(count)]


def _rows(count: int) -> Iterator[Row]:
    ours, sdk = _measure("worker", count), _measure("sdk", count)
    promised, ratio = PROMISED.get(count), ours.cpu / (sdk.cpu or ours.cpu)
    said = f"≤ {promised} × SDK" if promised else "none"
    yield Row(
        f"{count} tasks: CPU of 1,000 polls ({ours.polls} polls, SDK {sdk.polls})",
        ours.cpu,
        said,
        promised is None or ratio <= promised,
        sdk.cpu or None,
        "official SDK",
    )
    late = percentile(ours.lateness, 0.99) if ours.lateness else float("inf")
    yield Row(f"{count} tasks: lateness p99", late, "≤ 0.3 s" if promised else "none", not promised or late <= 0.3)
    yield Row(
        f"{count} tasks: memory of the worker",
        ours.megabytes,
        "≤ 150 MB",
        ours.megabytes <= 150,
        sdk.megabytes,
        "official SDK",
        unit="MB",
    )


def _measure(who: str, count: int) -> Measured:
    with tempfile.TemporaryDirectory(prefix="dailies-") as folder, _runway(Path(folder)) as (url, log):
        with _started(who, url, folder, count) as pid:
            time.sleep(WARM_UP_SECONDS)
            before, at, lines = cpu_seconds(pid), time.time(), log.stat().st_size
            time.sleep(SECONDS)
            cpu, megabytes = cpu_seconds(pid) - before, resident_megabytes(pid)
        polls = [line.split() for line in log.read_bytes()[lines:].decode().splitlines()]
    times: dict[str, list[float]] = {}
    for moment, task in polls:
        if float(moment) <= at + SECONDS:
            times.setdefault(task, []).append(float(moment))
    gaps = [b - a for each in times.values() for a, b in pairwise(each)]
    number = sum(len(each) for each in times.values())
    return Measured(cpu / number * 1000 if number else 0.0, [gap - POLL_SECONDS for gap in gaps], megabytes, number)


@contextmanager
def _runway(folder: Path) -> Iterator[tuple[str, Path]]:
    """A server of its own process that says RUNNING to everything, and writes down when it was asked."""
    log = folder / "polls.log"
    log.touch()
    command = [sys.executable, "-m", "tests.bench.always_running", str(log)]
    with subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip(), log
        finally:
            server.terminate()


@contextmanager
def _started(who: str, url: str, folder: str, count: int) -> Iterator[int]:
    command = [sys.executable, "-m", f"tests.bench.polling_{who}", url, folder, str(count)]
    quiet = (Path(folder) / "stderr.log").open("w")
    with quiet, subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, stderr=quiet, text=True) as process:
        assert process.stdout
        try:
            assert process.stdout.readline() == "polling\n"
            yield process.pid
        finally:
            process.terminate()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
