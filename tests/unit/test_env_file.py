"""The file `.env`, as people and their editors write it, and what is said of names that nobody reads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import SETTINGS, Environment, load_environment, without_password


@pytest.fixture(autouse=True)
def _keep_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    # what a file adds to the environment is taken away again
    monkeypatch.setattr(os, "environ", {})


def load(tmp_path: Path, content: str | bytes, encoding: str = "utf-8") -> Environment:
    path = tmp_path / ".env"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return load_environment(path)


def complaint(tmp_path: Path, content: str | bytes, encoding: str = "utf-8") -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        load(tmp_path, content, encoding)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("RUNWAY_API_KEY=key_0000", "key_0000"),
        ("\ufeffRUNWAY_API_KEY=key_0000", "key_0000"),
        ("RUNWAY_API_KEY = key_0000", "key_0000"),
        ("  RUNWAY_API_KEY\t=\tkey_0000  ", "key_0000"),
        ("export RUNWAY_API_KEY=key_0000", "key_0000"),
        ("RUNWAY_API_KEY=key_0000\r\nSTUDIO_OWNER=anna\r\n", "key_0000"),
        ("RUNWAY_API_KEY='key_0000'", "key_0000"),
        ('RUNWAY_API_KEY="key_0000"', "key_0000"),
        ("RUNWAY_API_KEY=key_0000  # of the film", "key_0000"),
        ("# RUNWAY_API_KEY=other\n\nRUNWAY_API_KEY=key_0000", "key_0000"),
        ("RUNWAY_API_KEY=", ""),
        ("", ""),
    ],
)
def test_a_key_as_people_write_it(tmp_path: Path, line: str, value: str) -> None:
    environment = load(tmp_path, line)
    assert environment.text("RUNWAY_API_KEY") == value
    assert environment.warnings() == []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("$ecret-word-1", "$ecret-word-1"),
        ("${HOME}$HOME", "${HOME}$HOME"),
        ("a#b", "a#b"),
        ("'my #1 word'", "my #1 word"),
        ('"two words"', "two words"),
        ("a=b==", "a=b=="),
        ("a\\b", "a\\b"),
        ("äöü 🎬", "äöü 🎬"),
    ],
)
def test_a_password_is_taken_as_written(tmp_path: Path, written: str, value: str) -> None:
    environment = load(tmp_path, f"STUDIO_OWNER_PASSWORD={written}")
    assert environment.text("STUDIO_OWNER_PASSWORD") == value
    # for the processes that this one starts
    assert os.environ["STUDIO_OWNER_PASSWORD"] == value
    assert Environment({"STUDIO_OWNER_PASSWORD": value}).text("STUDIO_OWNER_PASSWORD") == value


def test_a_comment_in_a_password_is_no_accident(tmp_path: Path) -> None:
    environment = load(tmp_path, "A=1\nSTUDIO_OWNER_PASSWORD=my #1 word")
    with pytest.raises(ImproperlyConfigured, match=r"STUDIO_OWNER_PASSWORD \(\.env, line 2\) has a # after a space"):
        environment.text("STUDIO_OWNER_PASSWORD")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16(tmp_path: Path, encoding: str) -> None:
    assert "Save it as UTF-8." in complaint(tmp_path, "RUNWAY_API_KEY=key_0000\r\n", encoding)


def test_latin_1(tmp_path: Path) -> None:
    assert ".env, line 2, is not in UTF-8" in complaint(tmp_path, "DEBUG=off\nSTUDIO_OWNER=müller\n", "latin-1")


@pytest.mark.parametrize(
    "content", ["\n\nRUNWAY_API_KEY\n", "\n# key\nRUNWAY_API_KEY: key_0000\n", "\n\nSTUDIO_OWNER='anna\nDEBUG=off\n"]
)
def test_a_line_that_is_no_setting(tmp_path: Path, content: str) -> None:
    assert ".env, line 3, cannot be read." in complaint(tmp_path, content)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    with pytest.raises(ImproperlyConfigured, match="cannot be read: Is a directory"):
        load_environment(tmp_path / ".env")


def test_the_environment_goes_first(tmp_path: Path) -> None:
    os.environ |= {"STUDIO_OWNER": "bob", "DEBUG": ""}
    environment = load(tmp_path, "STUDIO_OWNER=anna\nDEBUG=on\nDATA_DIR=films\n")
    assert [environment.text(name) for name in ("STUDIO_OWNER", "DEBUG", "DATA_DIR")] == ["bob", "", "films"]
    assert [environment.source(name) for name in ("STUDIO_OWNER", "DEBUG", "DATA_DIR", "REDIS_URL")] == [
        "environment",
        "default, since the environment has it empty",
        ".env, line 3",
        "default",
    ]


def test_the_other_name_of_a_setting(tmp_path: Path) -> None:
    environment = load(tmp_path, "RUNWAYML_API_SECRET=key_0000\n")
    assert environment.source("RUNWAY_API_KEY") == "RUNWAYML_API_SECRET, .env, line 1"
    environment = load(tmp_path, "RUNWAYML_API_SECRET=key_0000\nRUNWAY_API_KEY=key_1111\n")
    assert environment.warnings() == ["RUNWAYML_API_SECRET is ignored, since RUNWAY_API_KEY is set too."]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("RUNWAY_KEY", "RUNWAY_API_KEY"),
        ("RUNWAY_APIKEY", "RUNWAY_API_KEY"),
        ("runway_api_key", "RUNWAY_API_KEY"),
        ("RUNWAY_URL", "RUNWAY_API_URL"),
        ("DATADIR", "DATA_DIR"),
        ("DATA-DIR", "DATA_DIR"),
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("REDISURL", "REDIS_URL"),
        ("DATABSE_URL", "DATABASE_URL"),
        ("PROJECT_ROOT", "PROJECTS_ROOT"),
        ("STUDIO_OWNER_PASSWD", "STUDIO_OWNER_PASSWORD"),
        ("BEHIND_HTTP_PROXY", "BEHIND_HTTPS_PROXY"),
        ("RUNWAY_TOKEN", ""),
        ("DAILIES_PORT", ""),
    ],
)
def test_misspelt_settings_are_named(tmp_path: Path, name: str, meant: str) -> None:
    hint = f" Do you mean {meant}?" if meant else ""
    in_file = load(tmp_path, f"DEBUG=off\n{name}=x\n").warnings()
    assert in_file == [f"{name} in .env, line 2, is no setting of Dailies and is ignored.{hint}"]
    in_environment = Environment({name: "x"}).warnings()
    assert in_environment == [f"{name} in the environment is no setting of Dailies and is ignored.{hint}"]


def test_other_variables_are_no_mistakes() -> None:
    others = """
        HOME PATH USER HOSTNAME HOST PORT DATADOG_API_KEY XDG_DATA_DIRS SECRET_KEY_BASE HTTP_PROXY https_proxy ALL_PROXY
        no_proxy SSL_CERT_DIR CURL_CA_BUNDLE AWS_CA_BUNDLE DEBUGINFOD_URLS TEST_DATABASE_URL REDIS_HOST PGDATABASE
        DJANGO_SETTINGS_MODULE SECRET API_KEY OWNER PROJECT_ID
    """
    assert Environment(dict.fromkeys(others.split(), "x")).warnings() == []


def test_a_name_that_is_there_twice(tmp_path: Path) -> None:
    environment = load(tmp_path, "DEBUG=on\nDATA_DIR=a\nDEBUG=off\n")
    assert environment.text("DEBUG") == "off"
    assert environment.warnings() == ["DEBUG is in .env twice; line 3 counts, and line 1 is ignored."]


def test_names_are_unique() -> None:
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgres://me:s3cret@db.example/films", "postgres://me:***@db.example/films"),
        ("postgres://me:a@b:c@db.example/films", "postgres://me:***@db.example/films"),
        ("redis://:s3cret@queue.example:6379/0", "redis://:***@queue.example:6379/0"),
        ("unix:///run/redis.sock?db=1&password=s3cret", "unix:///run/redis.sock?db=1&password=***"),
        ("http://proxy.example:3128", "http://proxy.example:3128"),
    ],
)
def test_passwords_in_addresses_are_masked(address: str, shown: str) -> None:
    assert without_password(address) == shown
