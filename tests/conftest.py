"""What every test has: folders of its own, and a real Redis where one is asked for."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings as studio_settings
from pytest_django import Settings

from config import redis as studio_redis


@pytest.fixture(autouse=True)
def projects_root(tmp_path: Path, settings: Settings) -> Path:
    settings.PROJECTS_ROOT = tmp_path / "projects"
    settings.DATA_DIR = tmp_path
    return tmp_path / "projects"


@pytest.fixture(scope="session")
def redis_server() -> Iterator[redis.Redis]:
    """A real Redis where the settings look for it."""
    child = studio_redis.child(Path(studio_settings.DATA_DIR))
    with subprocess.Popen(child.command) as process:
        client = redis.Redis.from_url(studio_settings.REDIS_URL)
        try:
            _wait_for(client)
            yield client
        finally:
            client.close()
            process.terminate()
            process.wait(10)


def _wait_for(client: redis.Redis) -> None:
    for _ in range(200):
        try:
            client.ping()
        except redis.exceptions.ConnectionError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("Redis did not start")
