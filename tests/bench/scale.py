"""Each page, call and step with 100,000 jobs, beside 1,000, with and without the database's statistics.

On SQLite, or with TEST_DATABASE_URL on PostgreSQL with 1,000,000 jobs, in a database of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.bench.table import Row

SMALL, LARGE = 1_000, 1_000_000 if os.environ.get("TEST_DATABASE_URL") else 100_000
PROMISED = 1.5
# below, the time is that of the request itself
IGNORED_SECONDS = 0.005
ENTRY_SECONDS = 0.00025


def rows() -> list[Row]:
    (small, _), (without, with_them) = _measure(SMALL), _measure(LARGE)
    return [*_compare(small, without, "without statistics"), *_compare(small, with_them, "with statistics")]


def _measure(jobs: int) -> list[dict[str, Any]]:
    """Return the figures without statistics, and with them."""
    command = [sys.executable, "-m", "tests.bench.scale_worker", str(jobs)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return list(json.loads(done.stdout.splitlines()[-1]))


def _compare(small: dict[str, Any], large: dict[str, Any], how: str) -> list[Row]:
    return [_row(f"{LARGE:,} jobs {how}: {what}", small[what], large[what]) for what in small]


def _row(what: str, small: dict[str, Any], large: dict[str, Any]) -> Row:
    if large["entries"] > small["entries"]:
        # as long as the history by its contract: what each entry adds
        each = (large["seconds"] - small["seconds"]) / (large["entries"] - small["entries"])
        name = f"ms an entry, of {large['entries']:,}"
        return Row(what, each * 1000, f"≤ {ENTRY_SECONDS * 1000} ms", each <= ENTRY_SECONDS, unit=name)
    most = max(PROMISED * small["seconds"], IGNORED_SECONDS)
    is_held = large["seconds"] <= most
    return Row(what, large["seconds"], f"≤ {PROMISED} ×", is_held, small["seconds"], f"with {SMALL:,}")
