"""Each page, call and step with 100,000 jobs, beside 1,000, on SQLite, with and without its statistics."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.bench.table import Row

SMALL, LARGE = 1_000, 100_000
PROMISED = 1.5
# below, the time is that of the request itself
IGNORED_SECONDS = 0.005


def rows() -> list[Row]:
    small = _measure(SMALL, statistics=False)
    without, with_them = _measure(LARGE, statistics=False), _measure(LARGE, statistics=True)
    return [*_compare(small, without, "without statistics"), *_compare(small, with_them, "with statistics")]


def _measure(jobs: int, *, statistics: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.scale_worker", str(jobs), "yes" if statistics else "no"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _compare(small: dict[str, Any], large: dict[str, Any], how: str) -> list[Row]:
    return [
        Row(
            f"{LARGE:,} jobs {how}: {what}",
            large[what]["seconds"],
            f"≤ {PROMISED} × with {SMALL:,}",
            large[what]["seconds"] <= max(PROMISED * small[what]["seconds"], IGNORED_SECONDS),
            small[what]["seconds"],
            f"with {SMALL:,}",
        )
        for what in small
    ]
