"""Where the database and Redis are, checked as the other settings are."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from redis.connection import parse_url

from config.environment import Environment
from config.environment.private_folders import make_private_folder, redis_socket_path
from config.environment.setting_values import make_folder

# FULL: a commit may be about money, and NORMAL may lose it in a power cut
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    # a process that hangs while it writes is replaced after 18 seconds (`config/studio/heartbeat.py`): who waits for it
    # goes on then, and does not fail just before
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
# a process that hangs in a transaction keeps its row locks, and everybody waits for it; so the server ends such a
# transaction, before the claims of that process run out. Transactions take milliseconds
POSTGRES_OPTIONS = "-c idle_in_transaction_session_timeout=10s"


def read_database(env: Environment, data_dir: Path, base: Path) -> dict[str, object]:
    """Return Django's settings of the database: DATABASE_URL, or SQLite in the data folder.

    The path of another SQLite file starts at `base`. Raise ImproperlyConfigured for what Django cannot use.
    """
    url = env.text("DATABASE_URL")
    if not url:
        return _sqlite(data_dir / "dailies.sqlite3")
    try:
        database: dict[str, object] = dict(environ.Env.db_url_config(url))
    except Exception:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. Write postgres://user:password@host/name, special characters as %23 for #."
        ) from None
    if database.get("ENGINE") == "django.db.backends.postgresql":
        return _postgres(database)
    if database.get("ENGINE") != "django.db.backends.sqlite3":
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or sqlite:///.")
    if database["NAME"] == ":memory:" or not url.startswith("sqlite:///"):
        raise ImproperlyConfigured("DATABASE_URL must name a file after three slashes: sqlite:///films.sqlite3.")
    path = base / str(database["NAME"])
    make_folder("DATABASE_URL", path.parent)
    return _sqlite(path)


def _sqlite(path: Path) -> dict[str, object]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": SQLITE_OPTIONS}


def _postgres(database: dict[str, object]) -> dict[str, object]:
    if not database["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL names no database. Write postgres://user:password@host/name.")
    # a database that is away is noticed within seconds, not after the minutes of a TCP timeout
    options = {"connect_timeout": 5, "options": POSTGRES_OPTIONS, **dict(database.get("OPTIONS") or {})}  # type: ignore[call-overload]
    return {**database, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def read_redis_url(env: Environment, data_dir: Path) -> str:
    """Return REDIS_URL, or the socket of the studio's own Redis."""
    url = env.text("REDIS_URL")
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
    if url:
        _check_redis_url(url)
        return url
    socket = redis_socket_path(data_dir)
    if not socket.is_relative_to(data_dir) and socket.parent.exists():
        make_private_folder(socket.parent)
    return f"unix://{quote(str(socket))}?db=0"


def _check_redis_url(url: str) -> None:
    path = urlsplit(url).path.strip("/")
    try:
        parse_url(url)  # type: ignore[no-untyped-call]
        valid = url.startswith("unix://") or not path or path.isdecimal()
    except ValueError:
        valid = False
    if not valid:
        raise ImproperlyConfigured("REDIS_URL cannot be read. Write redis://:password@host:6379/0.")
