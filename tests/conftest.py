"""What every test has: folders of its own, and a real Redis where one is asked for."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings as studio_settings
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from config.studio import redis as studio_redis
from generation.money.take_costs import forget_counts
from generation.money.totals import sums_of_days
from projects.live.counters import FLUSH_SECONDS, counters
from tests import empty_tables
from tests.migrated_database import copy_migrated

SHARERS = ("studio", "readme", "recovery", "client", "quality", "frames", "schema")
LOOKS = ("all_pages", "docks", "long_content")
WORKBENCH = ("contact_sheet", "main_job", "workbench")
FILM = ("cut_page", "file_drop", "project_page")
# each shares a browser or a studio, and stays in one process; what takes longest begins first. The browser's tests are
# of four parts, for they take too long for one process; one that runs two parts in turn goes on with its browser
TOGETHER = {
    "looks": tuple(f"tests/browser/test_{name}.py" for name in LOOKS),
    "workbench": tuple(f"tests/browser/test_{name}.py" for name in WORKBENCH),
    "film": tuple(f"tests/browser/test_{name}.py" for name in FILM),
    "browser": ("tests/browser/",),
    "studio": tuple(f"tests/integration/test_{name}.py" for name in SHARERS),
    "contract": ("tests/integration/test_contract.py",),
    "chaos": ("tests/integration/test_chaos.py",),
}


def _scope(nodeid: str) -> str:
    """What a process takes over as a whole: one of these, or a file."""
    file = nodeid.partition("::")[0]
    return next((name for name, starts in TOGETHER.items() if file.startswith(starts)), file)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: number for number, name in enumerate(TOGETHER)}
    items.sort(key=lambda item: order.get(_scope(item.nodeid), len(order)))


class ByScope(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        return _scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByScope:
    return ByScope(config, log)


@pytest.fixture(autouse=True)
def projects_root(tmp_path: Path, settings: Settings) -> Path:
    settings.PROJECTS_ROOT = tmp_path / "projects"
    settings.DATA_DIR = tmp_path
    return tmp_path / "projects"


@pytest.fixture(autouse=True)
def no_kept_sums() -> None:
    """Forget what the process has computed of the rows of an earlier test, whose ids come again."""
    sums_of_days.cache_clear()
    forget_counts()


@pytest.fixture(autouse=True)
def counts_stay_here() -> None:
    """Let the process send no counts to Redis by itself: a second later that would happen within another test."""
    # add() starts a timer unless there is one; this one never begins
    counters._timer = threading.Timer(FLUSH_SECONDS, counters.flush)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The file of SQLite is there already; it goes with its folder."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    if connection.vendor == "sqlite":
        copy_migrated(Path(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Django's own, with a quicker way to empty the tables.

    In the end nobody is left on the database, which else could not be dropped: threads that served a test, such
    as those of the stand-in for Runway, may still have a connection.
    """
    empty_tables.install()
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def redis_server() -> Iterator[redis.Redis]:
    """A real Redis where the settings look for it."""
    child = studio_redis.create_child(Path(studio_settings.DATA_DIR))
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
