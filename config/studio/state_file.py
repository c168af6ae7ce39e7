"""`DATA_DIR/studio.json`: where the studio runs, and as which processes, while it runs.

Other commands read it, and so does the next start, in case this studio is killed. On Linux the children die with the
studio (projects/launch.py); elsewhere the next start kills them, those that are provably the same processes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from projects.web.troubles import STATE_FILE, Trouble

FILE_NAME = STATE_FILE


def write_state(data_dir: Path, url: str, pids: dict[str, int], troubles: Sequence[Trouble] = ()) -> None:
    """Write `{"url": …, "studio": pid, "processes": {name: {"pid": …, "born": …}}, "troubles": […]}`.

    The troubles are read by projects/web/troubles.py.
    """
    processes = {name: {"pid": pid, "born": process_birth(pid)} for name, pid in pids.items()}
    temporary = data_dir / f".{FILE_NAME}"
    state = {"url": url, "studio": os.getpid(), "processes": processes, "troubles": list(troubles)}
    temporary.write_text(json.dumps(state, indent=1))
    temporary.replace(data_dir / FILE_NAME)


def remove_state(data_dir: Path) -> None:
    """Remove the file, at the end of a studio."""
    (data_dir / FILE_NAME).unlink(missing_ok=True)


def running_url(data_dir: Path) -> str | None:
    """Return the URL of the studio that runs on this folder, without a slash at the end; None without one."""
    url = _read(data_dir).get("url")
    return str(url) if url else None


def kill_leftovers(data_dir: Path) -> list[str]:
    """Kill the processes that an earlier studio left, and return their names.

    A process that got the same number later was born at another time, and is left alone.
    """
    processes = _read(data_dir).get("processes", {})
    leftovers = [(name, entry["pid"]) for name, entry in processes.items() if _still_runs(entry)]
    for _, pid in leftovers:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return [name for name, _ in leftovers]


def _still_runs(entry: dict[str, Any]) -> bool:
    birth = process_birth(entry["pid"])
    return birth != "" and birth == entry["born"]


def _read(data_dir: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((data_dir / FILE_NAME).read_text()))
    except (OSError, ValueError):
        return {}


def process_birth(pid: int) -> str:
    """Return a text that says when a process began, the same at each call; empty when there is no such process."""
    try:
        if Path("/proc/self/stat").exists():  # Linux
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
            # clock ticks since the boot are the 22nd field; the second is a name in parentheses, maybe with blanks
            ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
            return f"{boot} {ticks}"
        done = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607 - ps of the system
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
        )
        return done.stdout.strip()
    except OSError:
        return ""
