"""A project of 100,000 files: its first import beside a bare walk and hash, and how fast it is compared again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.bench.table import Row

SMALL, LARGE = 1_000, 100_000
IMPORT_RATIO, RESCAN_RATE, MEMORY_MB = 3.0, 20_000, 300
# of two times of a file, one of which is that of a thousandth of a second
FLAT = 1.5


def rows() -> list[Row]:
    small, large = _measure(SMALL), _measure(LARGE)
    rate = large["count"] / large["rescan"]
    each, each_of_few = large["rescan"] / LARGE * 1e6, small["rescan"] / SMALL * 1e6
    memory = large["memory"] / 1e6
    bare = "walk and hash"
    return [
        Row(
            f"first import of {LARGE:,} files",
            large["import"],
            f"≤ {IMPORT_RATIO:g} ×",
            large["import"] <= IMPORT_RATIO * large["bare"],
            large["bare"],
            bare,
        ),
        Row("rescan", rate, f"≥ {RESCAN_RATE:,}", rate >= RESCAN_RATE, unit="files/s"),
        Row("rescan, a file", each, f"≤ {FLAT} ×", each <= FLAT * each_of_few, each_of_few, f"of {SMALL:,}", unit="µs"),
        Row("most memory", memory, f"< {MEMORY_MB} MB", memory < MEMORY_MB, unit="MB"),
    ]


def _measure(files: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.folders_worker", str(files)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))
