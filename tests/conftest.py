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

FIRST = ("tests/browser/", "tests/integration/test_contract.py", "tests/integration/test_chaos.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that two processes end together; what shares a studio or a browser stays together."""
    items.sort(key=lambda item: next((n for n, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST)))
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    file = item.nodeid.partition("::")[0]
    if file.startswith(FIRST):
        return next(start for start in FIRST if file.startswith(start))
    return "studio" if "studio" in getattr(item, "fixturenames", ()) else file


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
