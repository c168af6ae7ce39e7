"""What the studio does not start itself: a PostgreSQL, where TEST_DATABASE_URL names one, and a Redis beside it."""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis

from config.environment import private_folders
from config.studio.redis import find_server
from tests.studio_process import RunningStudio

AWAY_SECONDS = 1.0


class StudioRedis:
    """The Redis that the studio starts for itself, and starts again when it dies."""

    is_outside = False
    env: dict[str, str] = {}

    def client(self, data_dir: Path) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(private_folders.redis_socket_path(data_dir)))


class OutsideRedis:
    """One that is only told to the studio, and that nobody but the test starts again."""

    is_outside = True

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        options = {"port": self._port, "bind": "127.0.0.1", "dir": folder, "save": "", "loglevel": "warning"}
        parts = (part for name, value in options.items() for part in (f"--{name}", str(value)))
        self._command = [find_server(), *parts]
        self.env = {"REDIS_URL": f"redis://127.0.0.1:{self._port}/0"}
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def go_away(self, seconds: float) -> None:
        """It dies with all that is in it, and comes back empty."""
        self.stop()
        time.sleep(seconds)
        self.start()

    def client(self, data_dir: Path) -> redis.Redis:
        return redis.Redis(port=self._port)


Services = StudioRedis | OutsideRedis


@contextmanager
def services(folder: Path) -> Iterator[Services]:
    """Outside ones in the whole when there is a PostgreSQL, with a database of the run's own; else the studio's."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        yield StudioRedis()
        return
    outside = OutsideRedis(folder)
    try:
        with own_database(server) as url:
            outside.env["DATABASE_URL"] = url
            yield outside
    finally:
        outside.stop()


@contextmanager
def database_locked(studio: RunningStudio) -> Iterator[None]:
    """Nobody else can write to the database of a studio meanwhile."""
    if url := studio.env["DATABASE_URL"]:
        with psycopg.connect(url.replace("postgres://", "postgresql://")) as connection:
            connection.execute("LOCK TABLE generation_jobevent IN EXCLUSIVE MODE")
            yield
        return
    file = studio.data_dir / "dailies.sqlite3"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as sqlite:
        sqlite.execute("BEGIN IMMEDIATE")
        yield
        sqlite.execute("ROLLBACK")


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """A new database on the server of this URL; its own URL."""
    name = f"dailies_{os.getpid()}_{time.monotonic_ns() % 10**9}"
    with psycopg.connect(server.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
