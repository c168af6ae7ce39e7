"""Which processes of the studio hang, or were replaced lately, as the studio writes it into its state file."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypedDict

from django.conf import settings

STATE_FILE = "studio.json"
# how long it is told that a process was replaced
NEWS_SECONDS = 300.0


class Trouble(TypedDict):
    """What happened to a process: it `hangs` now, or it `hung` or `died` and was replaced."""

    process: str
    what: Literal["hangs", "hung", "died"]
    at: float
    """Seconds since 1970."""


def read_troubles() -> list[Trouble]:
    """Return what the studio of this machine has noted and is still news; empty where none runs."""
    path = Path(settings.DATA_DIR) / STATE_FILE
    try:
        status = path.stat()
        troubles = _read(path, (status.st_ino, status.st_mtime_ns, status.st_size))
    except (OSError, ValueError):
        return []
    return [trouble for trouble in troubles if trouble["at"] > time.time() - NEWS_SECONDS]


@lru_cache(maxsize=1)
def _read(path: Path, _version: tuple[int, int, int]) -> list[Trouble]:
    """Read a version of the file once, since every page asks. Raise OSError or ValueError."""
    troubles: list[Trouble] = json.loads(path.read_text()).get("troubles", [])
    return troubles


def hanging(troubles: list[Trouble]) -> list[str]:
    """Return the names of the processes that hang now."""
    return sorted({trouble["process"] for trouble in troubles if trouble["what"] == "hangs"})


def replaced(troubles: list[Trouble]) -> list[dict[str, str]]:
    """Return the processes that were replaced, as JSON: `process`, `cause` (hung or died), `at`."""
    return [
        {
            "process": trouble["process"],
            "cause": trouble["what"],
            "at": datetime.fromtimestamp(trouble["at"], UTC).isoformat(timespec="seconds"),
        }
        for trouble in troubles
        if trouble["what"] != "hangs"
    ]
