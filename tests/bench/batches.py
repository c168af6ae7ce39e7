"""A batch of 200 takes over 40 scenes by the limits of Runway's first tier (1 at a time, 50 a day), and the same again.

Against the simulator, with the engine's own steps in this process: what a step costs is measured, not how many workers
there are. The second day is that of a simulator without limits, on the same rows and files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.table import Row

TOP = Path(__file__).resolve().parents[2]
TAKES, SCENES = 200, 40


def rows() -> list[Row]:
    """In a process of its own: its database is its own, too."""
    with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
        command = [sys.executable, "-m", "tests.bench.batches_worker", folder]
        done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, timeout=900, env=dict(os.environ))
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    told = dict(line.split("=") for line in done.stdout.splitlines() if "=" in line)
    found = {name: float(value) for name, value in told.items()}
    again, hit = found["again_seconds"], found["hit_median"]
    return [
        Row("preview of 200 takes over 40 scenes", found["preview_seconds"], "", held=True),
        _count("its plan: takes that fit today", found["fits"], 50),
        Row("start of the batch, all or nothing", found["start_seconds"], "", held=True),
        _count("paid after a day of tier 1", found["paid_first_day"], 50),
        _count("cancelled in the middle: not accounted for", found["unaccounted"], 0),
        _count("the rest, without limits: paid more than once", found["paid_twice"], 0),
        Row("the same batch again", again, "≤ 10 s", again <= 10),
        _count("paid for the same batch again", found["paid_again"], 0),
        Row("a single hit, the middle of 30", hit, "≤ 0.050 s", hit <= 0.05, found["plain_median"], "asked for anew"),
    ]


def _count(what: str, measured: float, promised: int) -> Row:
    return Row(what, measured, f"= {promised}", measured == promised, unit="")
