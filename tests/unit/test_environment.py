from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, databases, private_folders, setting_values
from config.studio import supervisor
from config.studio.heartbeat import HUNG_SECONDS

OFFICIAL = setting_values.OFFICIAL_RUNWAY_URL


class Env(Environment):
    """An environment with these variables and no others."""

    def __init__(self, **given: str) -> None:
        super().__init__(given)


def complaint(read: Callable[[], object]) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(("text", "means"), [("1", True), ("On", True), ("no", False), ("false", False), ("", False)])
def test_a_flag(text: str, means: bool) -> None:
    assert setting_values.read_flag(Env(DEBUG=text), "DEBUG") is means


def test_an_invalid_flag() -> None:
    assert (
        complaint(lambda: setting_values.read_flag(Env(DEBUG="maybe"), "DEBUG"))
        == "DEBUG must be on or off, not 'maybe'."
    )


@pytest.mark.parametrize("text", ["0", "-3", "nan", "inf", "1e9", "soon", "5 s"])
def test_an_invalid_number(text: str) -> None:
    env = Env(RUNWAY_TASK_TIMEOUT=text)
    assert "RUNWAY_TASK_TIMEOUT" in complaint(
        lambda: setting_values.read_number(env, "RUNWAY_TASK_TIMEOUT", 600, above=0)
    )


def test_a_number() -> None:
    assert setting_values.read_number(Env(RUNWAY_TASK_TIMEOUT="2.5"), "RUNWAY_TASK_TIMEOUT", 600, above=0) == 2.5
    assert setting_values.read_number(Env(RUNWAY_TASK_TIMEOUT=""), "RUNWAY_TASK_TIMEOUT", 600, above=0) == 600


@pytest.mark.parametrize("text", ["0", "65", "-1", "two"])
def test_an_invalid_count(text: str) -> None:
    env = Env(WEB_PROCESSES=text)
    assert "WEB_PROCESSES must be" in complaint(lambda: setting_values.read_count(env, "WEB_PROCESSES", 1))


def test_a_count() -> None:
    assert [setting_values.read_count(Env(WEB_PROCESSES=text), "WEB_PROCESSES", 1) for text in ("", "4")] == [1, 4]


def read_limit(text: str) -> int:
    return setting_values.read_bytes(Env(SEGMENTS_MAX_BYTES=text), "SEGMENTS_MAX_BYTES", 7)


@pytest.mark.parametrize("text", ["-1", "20 GB", "1.5", "1" + 16 * "0"])
def test_invalid_bytes(text: str) -> None:
    assert "SEGMENTS_MAX_BYTES must be a whole" in complaint(lambda: read_limit(text))


def test_bytes() -> None:
    assert [read_limit(text) for text in ("", "0", "5")] == [7, 0, 5]


def test_folders(tmp_path: Path) -> None:
    default = Path("var")
    assert setting_values.read_folder(Env(), "DATA_DIR", default, tmp_path) == tmp_path / "var"
    assert setting_values.read_folder(Env(DATA_DIR="a b/c"), "DATA_DIR", default, tmp_path) == tmp_path / "a b/c"
    assert setting_values.read_folder(Env(DATA_DIR="/some/where"), "DATA_DIR", default, tmp_path) == Path("/some/where")
    assert setting_values.read_folder(Env(DATA_DIR="~/films"), "DATA_DIR", default, tmp_path) == Path.home() / "films"
    (tmp_path / "file").touch()
    assert "must be a folder" in complaint(
        lambda: setting_values.read_folder(Env(DATA_DIR="file"), "DATA_DIR", default, tmp_path)
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$HOME/films", "a variable"),
        ("/srv/${USER}/films", "a variable"),
        ("~nobody-at-all/films", "no user"),
        ("'/srv/films'", "quotes"),
    ],
)
def test_folders_that_make_no_sense(text: str, words: str, tmp_path: Path) -> None:
    env = Env(DATA_DIR=text)
    message = complaint(lambda: setting_values.read_folder(env, "DATA_DIR", Path("var"), tmp_path))
    assert message.startswith("DATA_DIR")
    assert words in message


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    message = complaint(lambda: setting_values.make_folder("DATA_DIR", tmp_path / "file" / "data"))
    assert "cannot be used" in message


def test_authorities_and_proxies(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    here, nowhere = str(tmp_path / "ca.pem"), str(tmp_path / "nowhere.pem")
    assert setting_values.read_ca_bundle(Env()) is None
    assert setting_values.read_ca_bundle(Env(SSL_CERT_FILE=here)) == here
    assert setting_values.read_ca_bundle(Env(REQUESTS_CA_BUNDLE=here, SSL_CERT_FILE=nowhere)) == here
    assert "SSL_CERT_FILE" in complaint(lambda: setting_values.read_ca_bundle(Env(SSL_CERT_FILE=nowhere)))
    for right in ("", "http://proxy.example:3128", "https://me:word@proxy.example", "proxy.example:3128"):
        setting_values.check_proxy(Env(HTTPS_PROXY=right))
    for wrong in ("socks5://proxy.example", "http://proxy.example:port"):
        assert "HTTPS_PROXY" in complaint(lambda url=wrong: setting_values.check_proxy(Env(HTTPS_PROXY=url)))  # type: ignore[misc]


def test_options_are_split() -> None:
    env = Env(DAILIES_SIMULATOR_OPTIONS="--credits 5 --daily '7'")
    assert setting_values.read_options(env, "DAILIES_SIMULATOR_OPTIONS") == ["--credits", "5", "--daily", "7"]
    broken = Env(DAILIES_SIMULATOR_OPTIONS="--credits '5")
    assert "DAILIES_SIMULATOR_OPTIONS" in complaint(
        lambda: setting_values.read_options(broken, "DAILIES_SIMULATOR_OPTIONS")
    )


def test_hosts() -> None:
    assert setting_values.read_allowed_hosts(Env()) == setting_values.LOCAL_HOSTS
    assert setting_values.read_allowed_hosts(Env(ALLOWED_HOSTS=" ")) == setting_values.LOCAL_HOSTS
    assert setting_values.read_allowed_hosts(Env(ALLOWED_HOSTS="film.example, 10.0.0.5,")) == [
        "film.example",
        "10.0.0.5",
    ]
    for text in (".film.example", "*", "[::1]", "[2001:db8::5]", "xn--mller-kva.example", "LOCALHOST"):
        assert setting_values.read_allowed_hosts(Env(ALLOWED_HOSTS=text)) == [text]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://film.example", "film.example is a whole address"),
        ("film.example:8000", "has a port; write film.example."),
        ("[::1]:8000", "has a port; write [::1]."),
        ('["film.example"]', "is no name"),
        ("film.example;other.example", "is no name"),
        ("film.example other.example", "is no name"),
        ("*.film.example", "is written .film.example"),
        ("::1", "is written [::1]"),
        ("[0:0:0:0:0:0:0:1]", "is written [::1]"),
        ("'film.example','other.example'", "quotes around"),
        ("'film.example',other.example", "is no name"),
        ("müller.example", "is written xn--mller-kva.example"),
        ("my_host", "is no name"),
        ("film.example.", "is no name"),
        ("10.0.0.0/8", "is no name"),
    ],
)
def test_hosts_that_no_request_can_have(text: str, words: str) -> None:
    message = complaint(lambda: setting_values.read_allowed_hosts(Env(ALLOWED_HOSTS=text)))
    assert "ALLOWED_HOSTS" in message
    assert words in message


def test_the_simulator_is_used_without_key_and_address() -> None:
    url, _, is_simulator = setting_values.read_runway(Env(DAILIES_SIMULATOR_URL="http://127.0.0.1:5"))
    assert (url, is_simulator) == ("http://127.0.0.1:5", True)


@pytest.mark.parametrize("key", ["RUNWAY_API_KEY", "RUNWAYML_API_SECRET"])
@pytest.mark.parametrize("url", ["RUNWAY_API_URL", "RUNWAYML_BASE_URL"])
def test_a_key_is_used_under_either_name(key: str, url: str) -> None:
    assert setting_values.read_runway(Env(**{key: "key_test"})) == (OFFICIAL, "key_test", False)
    given = Env(**{key: "key_test", url: "http://127.0.0.1:9/v1/"})
    assert setting_values.read_runway(given) == ("http://127.0.0.1:9", "key_test", False)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"RUNWAY_API_URL": "http://127.0.0.1:9"}, "without RUNWAY_API_KEY"),
        ({"RUNWAY_API_KEY": "key test"}, "RUNWAY_API_KEY must be one word"),
        ({"RUNWAY_API_KEY": "key_tést"}, "RUNWAY_API_KEY must be one word"),
        ({"RUNWAY_API_KEY": "'key_test"}, "RUNWAY_API_KEY must be one word"),
        ({"RUNWAY_API_KEY": '"key_test"'}, "RUNWAY_API_KEY has quotes around"),
        ({"RUNWAY_API_KEY": "key\rtest"}, "RUNWAY_API_KEY has a character"),
        ({"RUNWAY_API_KEY": "key_test", "RUNWAY_API_URL": "http://host/?a=b"}, "RUNWAY_API_URL must be"),
        ({"RUNWAY_API_KEY": "key_test", "RUNWAY_API_URL": "ftp://host"}, "RUNWAY_API_URL must be"),
        ({"RUNWAY_API_KEY": "key_test", "RUNWAY_API_URL": "http://host:port"}, "RUNWAY_API_URL must be"),
        ({"RUNWAY_API_KEY": "key_test", "RUNWAY_API_URL": "http://"}, "RUNWAY_API_URL must be"),
    ],
)
def test_runway_settings_that_make_no_sense(given: dict[str, str], expected: str) -> None:
    message = complaint(lambda: setting_values.read_runway(Env(**given)))
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
        ("", "http://127.0.0.1:9", True, setting_values.SIMULATOR_POLL_SECONDS),
    ],
)
def test_the_official_host_is_polled_every_five_seconds_at_most(
    text: str, url: str, simulator: bool, seconds: float
) -> None:
    assert setting_values.read_poll_seconds(Env(RUNWAY_POLL_SECONDS=text), url, simulator=simulator) == seconds


def test_the_secret_key_is_created_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    key = setting_values.read_secret_key(Env(), folder)
    assert len(key) >= 50
    assert setting_values.read_secret_key(Env(), folder) == key
    assert setting_values.read_secret_key(Env(SECRET_KEY="given"), folder) == "given"
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    (folder / "secret_key").unlink()
    # a share without hard links
    monkeypatch.setattr(os, "link", Mock(side_effect=OSError(errno.EINVAL, "Invalid argument")))
    assert setting_values.read_secret_key(Env(), folder) == setting_values.read_secret_key(Env(), folder) != key
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    (folder / "secret_key").write_text("")
    assert "secret_key is empty" in complaint(lambda: setting_values.read_secret_key(Env(), folder))


def test_databases(tmp_path: Path) -> None:
    def read(url: str) -> dict[str, object]:
        return databases.read_database(Env(DATABASE_URL=url), tmp_path / "data", tmp_path / "base")

    assert read("")["NAME"] == tmp_path / "data" / "dailies.sqlite3"
    sqlite = read("sqlite:///films/other.db")
    # from any folder the same file, and its folder is there
    assert sqlite["NAME"] == tmp_path / "base" / "films" / "other.db"
    assert (tmp_path / "base" / "films").is_dir()
    assert sqlite["OPTIONS"] == databases.SQLITE_OPTIONS
    assert read(f"sqlite:///{tmp_path}/other.db")["NAME"] == tmp_path / "other.db"
    postgres = read("postgres://me:%24a%23b@db.example/films?sslmode=require")
    assert postgres["OPTIONS"] == {
        "connect_timeout": 5,
        "options": databases.POSTGRES_OPTIONS,
        "sslmode": "require",
    }
    assert postgres["PASSWORD"] == "$a#b"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://a/b",
        "nonsense",
        "postgres//a",
        "postgres://me:a/b@db.example/films",
        "postgres://db.example",
        "sqlite://",
        "sqlite://films.db",
    ],
)
def test_databases_that_make_no_sense(url: str, tmp_path: Path) -> None:
    env = Env(DATABASE_URL=url)
    assert "DATABASE_URL" in complaint(lambda: databases.read_database(env, tmp_path, tmp_path))


def test_the_socket_is_in_the_data_folder_when_its_path_is_plain(tmp_path: Path) -> None:
    assert private_folders.redis_socket_path(Path("/srv/dailies")) == Path("/srv/dailies/redis/redis.sock")
    sockets = {
        private_folders.redis_socket_path(tmp_path / name) for name in ("with a blank", "é", "x" * 100, "y" * 100)
    }
    assert len(sockets) == 4
    for socket in sockets:
        assert socket.is_relative_to(private_folders.FALLBACK_FOLDER)
        assert len(os.fsencode(socket)) <= private_folders.MAX_SOCKET_PATH


def test_redis_urls(tmp_path: Path) -> None:
    assert databases.read_redis_url(Env(REDIS_URL="redis://host:6380/2"), tmp_path) == "redis://host:6380/2"
    for wrong in ("redis://host:port", "redis://host/films", "redis://:a#b@host/0"):
        assert "REDIS_URL cannot be read" in complaint(
            lambda url=wrong: databases.read_redis_url(Env(REDIS_URL=url), tmp_path)  # type: ignore[misc]
        )
    assert "REDIS_URL must begin" in complaint(lambda: databases.read_redis_url(Env(REDIS_URL="host:6379"), tmp_path))
    assert databases.read_redis_url(Env(), Path("/srv/dailies")) == "unix:///srv/dailies/redis/redis.sock?db=0"
    folder = private_folders.redis_socket_path(tmp_path / "with a blank").parent
    assert databases.read_redis_url(Env(), tmp_path / "with a blank") == f"unix://{folder}/redis.sock?db=0"
    assert not folder.exists()


def test_a_private_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "private"
    folder.mkdir(mode=0o777)
    private_folders.make_private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_of_another_user_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "private"
    if os.getuid() == 0:
        folder.mkdir()
        os.chown(folder, 65534, 65534)
    else:
        folder.symlink_to("/")
    assert "belongs to another user" in complaint(lambda: private_folders.make_private_folder(folder))


def test_who_waits_for_a_writer_that_hangs_outlasts_it() -> None:
    """Before, steps failed a moment before it was killed, and were tried again nine seconds later."""
    replaced = HUNG_SECONDS + 2 * supervisor._HUNG_CHECK_SECONDS
    assert isinstance(databases.SQLITE_OPTIONS["timeout"], int)
    assert databases.SQLITE_OPTIONS["timeout"] > replaced + 5
    # and the supervisor looks often enough for a stand-still of less than 25 seconds
    assert replaced <= 20
