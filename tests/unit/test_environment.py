from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment

OFFICIAL = environment.OFFICIAL_RUNWAY_URL


class Env(environ.Env):  # type: ignore[misc]
    """An environment with these variables and no others."""

    def __init__(self, **given: str) -> None:
        super().__init__()
        self.ENVIRON = given


def complaint(read: Callable[[], object]) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(("text", "means"), [("1", True), ("On", True), ("no", False), ("false", False), ("", False)])
def test_a_flag(text: str, means: bool) -> None:
    assert environment.read_flag(Env(DEBUG=text), "DEBUG") is means


def test_an_invalid_flag() -> None:
    assert (
        complaint(lambda: environment.read_flag(Env(DEBUG="maybe"), "DEBUG")) == "DEBUG must be on or off, not 'maybe'."
    )


@pytest.mark.parametrize("text", ["0", "-3", "nan", "inf", "1e9", "soon", "5 s"])
def test_an_invalid_number(text: str) -> None:
    env = Env(RUNWAY_TASK_TIMEOUT=text)
    assert "RUNWAY_TASK_TIMEOUT" in complaint(lambda: environment.read_number(env, "RUNWAY_TASK_TIMEOUT", 600, above=0))


def test_a_number() -> None:
    assert environment.read_number(Env(N="2.5"), "N", 600, above=0) == 2.5
    assert environment.read_number(Env(N=""), "N", 600, above=0) == 600


def test_folders(tmp_path: Path) -> None:
    default = Path("var")
    assert environment.read_folder(Env(), "DATA_DIR", default, tmp_path) == tmp_path / "var"
    assert environment.read_folder(Env(DATA_DIR="a b/c"), "DATA_DIR", default, tmp_path) == tmp_path / "a b/c"
    assert environment.read_folder(Env(DATA_DIR="/some/where"), "DATA_DIR", default, tmp_path) == Path("/some/where")
    assert environment.read_folder(Env(DATA_DIR="~/films"), "DATA_DIR", default, tmp_path) == Path.home() / "films"
    (tmp_path / "file").touch()
    assert "must be a folder" in complaint(
        lambda: environment.read_folder(Env(DATA_DIR="file"), "DATA_DIR", default, tmp_path)
    )


def test_hosts() -> None:
    assert environment.read_allowed_hosts(Env()) == environment.LOCAL_HOSTS
    assert environment.read_allowed_hosts(Env(ALLOWED_HOSTS=" ")) == environment.LOCAL_HOSTS
    assert environment.read_allowed_hosts(Env(ALLOWED_HOSTS="film.example, 10.0.0.5,")) == ["film.example", "10.0.0.5"]
    assert "ALLOWED_HOSTS" in complaint(
        lambda: environment.read_allowed_hosts(Env(ALLOWED_HOSTS="https://film.example"))
    )


def test_the_simulator_is_used_without_key_and_address() -> None:
    url, _, is_simulator = environment.read_runway(Env(DAILIES_SIMULATOR_URL="http://127.0.0.1:5"))
    assert (url, is_simulator) == ("http://127.0.0.1:5", True)


@pytest.mark.parametrize("key", ["RUNWAY_API_KEY", "RUNWAYML_API_SECRET"])
@pytest.mark.parametrize("url", ["RUNWAY_API_URL", "RUNWAYML_BASE_URL"])
def test_a_key_is_used_under_either_name(key: str, url: str) -> None:
    assert environment.read_runway(Env(**{key: "key_test"})) == (OFFICIAL, "key_test", False)
    given = Env(**{key: "key_test", url: "http://127.0.0.1:9/v1/"})
    assert environment.read_runway(given) == ("http://127.0.0.1:9", "key_test", False)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"RUNWAY_API_URL": "http://127.0.0.1:9"}, "without RUNWAY_API_KEY"),
        ({"RUNWAY_API_KEY": "key test"}, "RUNWAY_API_KEY must be one word"),
        ({"RUNWAY_API_KEY": "key_tést"}, "RUNWAY_API_KEY must be one word"),
        ({"RUNWAY_API_KEY": "key_test", "RUNWAY_API_URL": "ftp://host"}, "RUNWAY_API_URL must be"),
        ({"RUNWAY_API_KEY": "key_test", "RUNWAY_API_URL": "http://host:port"}, "RUNWAY_API_URL must be"),
        ({"RUNWAY_API_KEY": "key_test", "RUNWAY_API_URL": "http://"}, "RUNWAY_API_URL must be"),
    ],
)
def test_runway_settings_that_make_no_sense(given: dict[str, str], expected: str) -> None:
    message = complaint(lambda: environment.read_runway(Env(**given)))
    assert expected in message
    assert given.get("RUNWAY_API_KEY", "no key") not in message


@pytest.mark.parametrize(
    ("text", "url", "simulator", "seconds"),
    [
        ("0.5", OFFICIAL, False, 5),
        ("8", OFFICIAL, False, 8),
        ("", OFFICIAL, False, 5),
        ("0.5", "http://127.0.0.1:9", False, 0.5),
        ("0.5", "http://127.0.0.1:9", True, 0.5),
        ("", "http://127.0.0.1:9", True, environment.SIMULATOR_POLL_SECONDS),
    ],
)
def test_the_official_host_is_polled_every_five_seconds_at_most(
    text: str, url: str, simulator: bool, seconds: float
) -> None:
    assert environment.read_poll_seconds(Env(RUNWAY_POLL_SECONDS=text), url, simulator=simulator) == seconds


def test_the_secret_key_is_created_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    key = environment.read_secret_key(Env(), folder)
    assert len(key) >= 50
    assert environment.read_secret_key(Env(), folder) == key
    assert environment.read_secret_key(Env(SECRET_KEY="given"), folder) == "given"
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    (folder / "secret_key").unlink()
    # a share without hard links
    monkeypatch.setattr(os, "link", Mock(side_effect=OSError(errno.EINVAL, "Invalid argument")))
    assert environment.read_secret_key(Env(), folder) == environment.read_secret_key(Env(), folder) != key
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    (folder / "secret_key").write_text("")
    assert "secret_key is empty" in complaint(lambda: environment.read_secret_key(Env(), folder))


def test_databases(tmp_path: Path) -> None:
    assert environment.read_database(Env(), tmp_path)["NAME"] == tmp_path / "dailies.sqlite3"
    sqlite = environment.read_database(Env(DATABASE_URL=f"sqlite:///{tmp_path}/other.db"), tmp_path)
    assert sqlite["OPTIONS"] == environment.SQLITE_OPTIONS
    postgres = environment.read_database(Env(DATABASE_URL="postgres://me@db.example/films?sslmode=require"), tmp_path)
    assert postgres["OPTIONS"] == {"connect_timeout": 5, "sslmode": "require"}
    for wrong in ("mysql://a/b", "nonsense", "postgres//a"):
        env = Env(DATABASE_URL=wrong)
        assert "DATABASE_URL" in complaint(lambda env=env: environment.read_database(env, tmp_path))  # type: ignore[misc]


def test_the_socket_is_in_the_data_folder_when_its_path_is_plain(tmp_path: Path) -> None:
    assert environment.redis_socket_path(Path("/srv/dailies")) == Path("/srv/dailies/redis/redis.sock")
    sockets = {environment.redis_socket_path(tmp_path / name) for name in ("with a blank", "é", "x" * 100, "y" * 100)}
    assert len(sockets) == 4
    for socket in sockets:
        assert socket.is_relative_to(environment.FALLBACK_FOLDER)
        assert len(os.fsencode(socket)) <= environment.MAX_SOCKET_PATH


def test_redis_urls(tmp_path: Path) -> None:
    assert environment.read_redis_url(Env(REDIS_URL="redis://host:6380/2"), tmp_path) == "redis://host:6380/2"
    assert "REDIS_URL must begin" in complaint(lambda: environment.read_redis_url(Env(REDIS_URL="host:6379"), tmp_path))
    assert environment.read_redis_url(Env(), Path("/srv/dailies")) == "unix:///srv/dailies/redis/redis.sock?db=0"
    folder = environment.redis_socket_path(tmp_path / "with a blank").parent
    assert environment.read_redis_url(Env(), tmp_path / "with a blank") == f"unix://{folder}/redis.sock?db=0"
    assert not folder.exists()


def test_a_private_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "private"
    folder.mkdir(mode=0o777)
    environment.make_private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_of_another_user_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "private"
    if os.getuid() == 0:
        folder.mkdir()
        os.chown(folder, 65534, 65534)
    else:
        folder.symlink_to("/")
    assert "belongs to another user" in complaint(lambda: environment.make_private_folder(folder))
