"""Where the studio runs and as which processes, written down in DATA_DIR while it runs.

For people and for other commands; and for the next start, should this one be killed.
On Linux children die with the studio (die_with_parent.py); elsewhere the next start ends them, if they are provably
the same.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

FILE = "studio.json"


def write_down(data_dir: Path, url: str, pids: dict[str, int]) -> None:
    """`{"url": …, "studio": pid, "processes": {name: {"pid": …, "born": …}}}`."""
    processes = {name: {"pid": pid, "born": born(pid)} for name, pid in pids.items()}
    temporary = data_dir / f".{FILE}"
    temporary.write_text(json.dumps({"url": url, "studio": os.getpid(), "processes": processes}, indent=1))
    temporary.replace(data_dir / FILE)


def forget(data_dir: Path) -> None:
    (data_dir / FILE).unlink(missing_ok=True)


def url(data_dir: Path) -> str | None:
    """Of the studio that runs on this folder, without a slash at the end."""
    found = _read(data_dir).get("url")
    return str(found) if found else None


def end_leftovers(data_dir: Path) -> list[str]:
    """Kill what an earlier studio left; a number that went to another process since then was born at another time."""
    processes = _read(data_dir).get("processes", {})
    left = [(name, known["pid"]) for name, known in processes.items() if known["born"] == born(known["pid"]) != ""]
    for _, pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return [name for name, _ in left]


def _read(data_dir: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((data_dir / FILE).read_text()))
    except (OSError, ValueError):
        return {}


def born(pid: int) -> str:
    """When a process began, in words that are the same each time; empty when there is none, or no way to know."""
    try:
        if Path("/proc/self/stat").exists():  # Linux
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
            # ticks since the boot: the 22nd field; the second is a name that may hold blanks
            ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
            return f"{boot} {ticks}"
        answer = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607 - ps of the system
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
        )
        return answer.stdout.strip()
    except OSError:
        return ""
