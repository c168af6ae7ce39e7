"""The guard of this room: no test here may reach a database, a Redis or any other service.

It holds for product code too that passes over a failed connection: the attempt itself fails the test. A server within
the test's own process is no service.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import override_settings
from hypothesis import HealthCheck

# How long one generated example takes says nothing where other processes use the machine: a test may take two minutes.
hypothesis.settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("any machine")

SERVICES = {"db", "transactional_db", "django_db_setup", "live_server", "redis_server", "studio"}


class ServiceReached(ConnectionError):
    """A test of tests/unit has tried to use a service."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    services = SERVICES & set(getattr(item, "fixturenames", ()))
    if services or item.get_closest_marker("django_db"):
        pytest.fail(f"A test that needs {', '.join(services) or 'the database'} belongs into tests/db or integration.")


@pytest.fixture(scope="package")
def projects_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One for this room, whose tests write nothing but to folders of their own: it costs each test a millisecond."""
    folder = tmp_path_factory.mktemp("data")
    with override_settings(PROJECTS_ROOT=folder / "projects", DATA_DIR=folder):
        yield folder / "projects"
    assert list(folder.iterdir()) == []


@pytest.fixture(scope="package", autouse=True)
def service_attempts() -> Iterator[list[str]]:
    """What has been tried, for as long as tests of this room run."""
    attempts: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        _refuse_databases(patch, attempts)
        _refuse_sockets(patch, attempts)
        yield attempts


@pytest.fixture(autouse=True)
def no_service(service_attempts: list[str]) -> Iterator[None]:
    service_attempts.clear()
    yield
    assert not service_attempts, f"tests/unit uses no service, and this was tried: {service_attempts}"


def _refuse_databases(patch: pytest.MonkeyPatch, attempts: list[str]) -> None:
    def refuse(connection: BaseDatabaseWrapper, *args: object, **options: object) -> Any:
        attempts.append(f"the database {connection.alias}")
        raise ServiceReached(attempts[-1])

    for name in ("connect", "cursor"):
        patch.setattr(BaseDatabaseWrapper, name, refuse)


def _refuse_sockets(patch: pytest.MonkeyPatch, attempts: list[str]) -> None:
    own_ports: set[int] = set()
    bind, connect, connect_ex = socket.socket.bind, socket.socket.connect, socket.socket.connect_ex

    def check(address: Any) -> None:
        if not (isinstance(address, tuple) and address[1] in own_ports):
            attempts.append(f"a connection to {address}")
            raise ServiceReached(attempts[-1])

    def guarded_bind(self: socket.socket, address: Any) -> None:
        bind(self, address)
        if self.family in (socket.AF_INET, socket.AF_INET6):
            own_ports.add(self.getsockname()[1])

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(address)
        return connect_ex(self, address)

    patch.setattr(socket.socket, "bind", guarded_bind)
    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
