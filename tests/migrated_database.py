"""An SQLite file with all migrations applied, made once for all processes of a test run: a migration takes seconds."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from config.environment import NAMES

TOP = Path(__file__).resolve().parent.parent
# where the processes of a test run share files; set by tests/settings.py, and by nothing else
SHARED_FOLDER = "TESTS_SHARED_FOLDER"
# empty, not absent: what is absent would be read from the .env of whoever runs the tests, a real key among it
NOTHING_SET = {**dict.fromkeys(NAMES, ""), "DJANGO_SETTINGS_MODULE": "config.settings"}


def copy_migrated(target: Path) -> None:
    """Put a copy of the file at `target`. Outside of a test run do nothing: `make bench` measures whole starts."""
    if shared := os.environ.get(SHARED_FOLDER):
        shutil.copyfile(_migrated(Path(shared)), target)
        target.chmod(0o600)


def _migrated(shared: Path) -> Path:
    folder = shared / "migrated"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        finished = folder / "finished.sqlite3"
        if not finished.exists():
            command = [sys.executable, str(TOP / "manage.py"), "migrate", "--verbosity", "0"]
            subprocess.run(command, env={**os.environ, **NOTHING_SET, "DATA_DIR": str(folder)}, check=True)
            (folder / "dailies.sqlite3").rename(finished)
    return finished
