"""Settings from the environment, checked: a value that makes no sense stops the start with one line."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path
from urllib.parse import quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from projects.disk.links import link_or_move

OFFICIAL_RUNWAY_URL = "https://api.dev.runwayml.com"
# Runway's documentation: no fresher state than every five seconds
OFFICIAL_POLL_SECONDS = 5.0
SIMULATOR_POLL_SECONDS = 0.5
MAX_SOCKET_PATH = 100
"""Bytes in the path of a Unix socket: sockaddr_un holds 108 on Linux and 104 on macOS, with the closing zero."""
# the same for every process, whatever TMPDIR is in its environment
FALLBACK_FOLDER = Path("/tmp")  # noqa: S108 - folders in it are private, see make_private_folder
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost"]
# FULL: a commit may be about money, and NORMAL may lose it in a power cut
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def read_number(env: environ.Env, name: str, default: float, *, above: float) -> float:
    """Return a setting in seconds. Raise ImproperlyConfigured for what is not a number above `above`."""
    text = env.str(name, default="") or str(default)
    try:
        value = float(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number of seconds, not {text!r}.") from None
    if not above < value < 1e7:
        raise ImproperlyConfigured(f"{name} must be more than {above:g}, not {text}.")
    return value


def read_flag(env: environ.Env, name: str, *, default: bool = False) -> bool:
    """Return a setting that is on or off. Raise ImproperlyConfigured for anything else."""
    text = env.str(name, default="").strip().lower()
    if text in ("", "default"):
        return default
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} must be on or off, not {text!r}.")


def read_folder(env: environ.Env, name: str, default: Path, base: Path) -> Path:
    """Return a folder as an absolute path; a relative one starts at `base`. Raise ImproperlyConfigured for a file."""
    path = base / Path(env.str(name, default="") or default).expanduser()
    if path.exists() and not path.is_dir():
        raise ImproperlyConfigured(f"{name} must be a folder; {path} is a file.")
    return path.absolute()


def read_allowed_hosts(env: environ.Env) -> list[str]:
    """Return ALLOWED_HOSTS, names with commas between them; without any, this machine alone."""
    names = [name.strip() for name in env.str("ALLOWED_HOSTS", default="").split(",")]
    for name in names:
        if "/" in name or " " in name:
            raise ImproperlyConfigured(f"ALLOWED_HOSTS must be names with commas between them, not {name!r}.")
    return [name for name in names if name] or LOCAL_HOSTS


def read_runway(env: environ.Env) -> tuple[str, str, bool]:
    """Return Runway's base URL, the key, and whether they are the simulator's, as they are when neither is set."""
    key = env.str("RUNWAY_API_KEY", default="") or env.str("RUNWAYML_API_SECRET", default="")
    url = env.str("RUNWAY_API_URL", default="") or env.str("RUNWAYML_BASE_URL", default="")
    if not key and not url:
        return env.str("DAILIES_SIMULATOR_URL", default="http://127.0.0.1:8390"), "key_test_simulator", True
    if not key:
        raise ImproperlyConfigured("RUNWAY_API_URL is set without RUNWAY_API_KEY. Set the key too, or neither.")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ImproperlyConfigured("RUNWAY_API_KEY must be one word of plain letters and digits, without spaces.")
    return _runway_url(url or OFFICIAL_RUNWAY_URL), key, False


def _runway_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        raise ImproperlyConfigured(f"RUNWAY_API_URL must be an http or https address, not {url!r}.")
    return url.rstrip("/").removesuffix("/v1")


def read_poll_seconds(env: environ.Env, runway_url: str, *, simulator: bool) -> float:
    """Return the seconds between two polls: never below 5 against the official host, 0.5 against the simulator."""
    default = SIMULATOR_POLL_SECONDS if simulator else OFFICIAL_POLL_SECONDS
    seconds = read_number(env, "RUNWAY_POLL_SECONDS", default, above=0)
    official = urlsplit(runway_url).hostname == urlsplit(OFFICIAL_RUNWAY_URL).hostname
    return max(seconds, OFFICIAL_POLL_SECONDS) if official else seconds


def read_secret_key(env: environ.Env, data_dir: Path) -> str:
    """Return SECRET_KEY, or one that is created at the first start and kept in the data folder."""
    key = str(env.str("SECRET_KEY", default=""))
    if key:
        return key
    path = data_dir / "secret_key"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(50))
        key = path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR {data_dir} cannot be used: {error.strerror}.") from None
    if not key:
        raise ImproperlyConfigured(f"{path} is empty. Delete it, and the next start creates a new key.")
    return key


def _write_once(path: Path, text: str) -> None:
    """Write a private file unless it exists. Of several processes the first to name it wins, and none reads half."""
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        link_or_move(temporary, path)
    temporary.unlink(missing_ok=True)


def read_database(env: environ.Env, data_dir: Path) -> dict[str, object]:
    """Return Django's settings of the database: DATABASE_URL, or SQLite in the data folder."""
    if not env.str("DATABASE_URL", default=""):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": data_dir / "dailies.sqlite3", "OPTIONS": SQLITE_OPTIONS}
    try:
        database: dict[str, object] = dict(env.db_url("DATABASE_URL"))
    except Exception:
        raise ImproperlyConfigured("DATABASE_URL cannot be read. Write postgres://user:password@host/name.") from None
    if database.get("ENGINE") == "django.db.backends.postgresql":
        # a database that is away is noticed within seconds, not after the minutes of a TCP timeout
        options = {"connect_timeout": 5, **dict(database.get("OPTIONS") or {})}  # type: ignore[call-overload]
        return {**database, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    if database.get("ENGINE") != "django.db.backends.sqlite3":
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or sqlite:///.")
    return {**database, "OPTIONS": SQLITE_OPTIONS}


def redis_socket_path(data_dir: Path) -> Path:
    """Return where the studio's own Redis listens: in the data folder, or in /tmp where that path is long or odd."""
    path = data_dir / "redis" / "redis.sock"
    # redis-py cannot parse a blank in it when a worker asks Redis for its clients
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH and re.fullmatch(r"[\w./-]+", str(path), re.ASCII):
        return path
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return FALLBACK_FOLDER / f"dailies-{os.getuid()}-{digest}" / "redis.sock"


def make_private_folder(path: Path) -> None:
    """Make a folder that only this user can enter. Raise ImproperlyConfigured where it belongs to another user.

    Another user who made it first could listen to what is said over a socket in it.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if {path.lstat().st_uid, path.stat().st_uid} != {os.getuid()}:
            raise ImproperlyConfigured(f"{path} belongs to another user. Remove it, or choose another DATA_DIR.")
        path.chmod(0o700)
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be used: {error.strerror}.") from None


def read_redis_url(env: environ.Env, data_dir: Path) -> str:
    """Return REDIS_URL, or the socket of the studio's own Redis."""
    url = str(env.str("REDIS_URL", default=""))
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
    if url:
        return url
    socket = redis_socket_path(data_dir)
    if not socket.is_relative_to(data_dir) and socket.parent.exists():
        make_private_folder(socket.parent)
    return f"unix://{quote(str(socket))}?db=0"
