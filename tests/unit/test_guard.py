"""The guard of this room (conftest.py) sees a service that is reached, also where product code passes over it."""

from __future__ import annotations

import contextlib
import socket

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import User

from tests.unit.conftest import ServiceReached


def test_a_query_is_refused(service_attempts: list[str]) -> None:
    with pytest.raises(ServiceReached, match="the database default"):
        User.objects.count()
    assert service_attempts
    service_attempts.clear()


def test_a_redis_is_refused_also_where_nobody_minds(service_attempts: list[str]) -> None:
    with contextlib.suppress(redis.exceptions.RedisError, OSError), redis.Redis.from_url(settings.REDIS_URL) as client:
        client.ping()
    assert "redis.sock" in service_attempts[0]
    service_attempts.clear()


def test_a_server_elsewhere_is_refused_and_ones_own_is_not(service_attempts: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as own, socket.create_connection(own.getsockname()):
        assert not service_attempts
    with pytest.raises(ServiceReached), socket.create_connection(("127.0.0.1", 9)):
        pass
    service_attempts.clear()
