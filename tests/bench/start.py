"""How long a studio takes to be ready, the first time and the second."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.table import Row, middle
from tests.studio_process import RunningStudio


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
        first = _seconds(Path(folder))
        second = middle([_seconds(Path(folder)) for _ in range(3)])
    django = middle([_django() for _ in range(3)])
    name = "one start of Django"
    return [
        Row("first start, migrations and sample project too", first, "≤ 5 s", first <= 5, django, name),
        Row("second start", second, "≤ 3 s", second <= 3, django, name),
    ]


def _seconds(folder: Path) -> float:
    began = time.monotonic()
    with RunningStudio(folder):
        return time.monotonic() - began


def _django() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "manage.py", "check"], check=True, capture_output=True)
    return time.monotonic() - began
