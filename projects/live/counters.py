"""Counters that all processes share, in Redis: what a process has counted is added there once a second.

A count for each request would wait for Redis each time. A process that is killed takes at most its last second along,
and a Redis that is emptied begins at 0 again, which readers of counters expect (Prometheus' `rate()`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from functools import cache

import redis
import redis.exceptions
from django.conf import settings

from projects.live.outage import Outage

logger = logging.getLogger("dailies.events")

FLUSH_SECONDS = 1.0
# of a gauge, whose parts come every few seconds; a process that has ended is forgotten after that
GAUGE_SECONDS = 15.0
_KEY = "dailies:counters"
_SEPARATOR = "\t"
_SECONDS = 2.0
_outage = Outage()


class Counters:
    """What this process has counted and not added in Redis yet."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._timer: threading.Timer | None = None

    def add(self, name: str, *labels: str, amount: float = 1) -> None:
        """Add to a counter, here at once and in Redis within a second."""
        with self._lock:
            self._counts[_SEPARATOR.join((name, *labels))] += amount  # type: ignore[assignment]
            if self._timer is None:
                # no daemon: a process that ends waits for it, at most a second
                self._timer = threading.Timer(FLUSH_SECONDS, self.flush)
                self._timer.start()

    def flush(self) -> None:
        """Add what was counted in Redis, in one round trip; where it is away, keep it for the next time."""
        with self._lock:
            counts, self._counts, self._timer = self._counts, Counter(), None
        try:
            if counts and not _outage.lasts:
                _send(counts)
                return
        except (redis.exceptions.RedisError, OSError) as error:
            logger.debug("counters not sent: %s", error)
        with self._lock:
            self._counts.update(counts)


counters = Counters()


def _send(counts: Counter[str]) -> None:
    began = time.monotonic()
    try:
        with _redis().pipeline(transaction=True) as pipeline:
            for field, amount in counts.items():
                pipeline.hincrbyfloat(_KEY, field, amount)
            pipeline.execute()
    except (redis.exceptions.RedisError, OSError):
        _outage.note(began)
        raise


def read_counters() -> list[tuple[str, list[str], float]]:
    """Return name, labels and value of each counter over all processes. Raise RedisError when Redis is away."""
    values: dict[bytes, bytes] = _redis().hgetall(_KEY)  # type: ignore[assignment]
    rows = [(field.decode().split(_SEPARATOR), float(value)) for field, value in values.items()]
    return [(name, labels, value) for (name, *labels), value in rows]


def set_gauge(name: str, process: str, value: float) -> None:
    """Set this process's part of a gauge, to be repeated within GAUGE_SECONDS. Raise RedisError."""
    _redis().hset(f"dailies:gauge:{name}", process, f"{value:g} {time.time():.3f}")


def read_gauge(name: str) -> float:
    """Return the sum of the parts of all live processes, and forget those that have ended. Raise RedisError."""
    key, total, oldest = f"dailies:gauge:{name}", 0.0, time.time() - GAUGE_SECONDS
    parts: dict[bytes, bytes] = _redis().hgetall(key)  # type: ignore[assignment]
    for process, text in parts.items():
        value, at = map(float, text.split())
        if at < oldest:
            _redis().hdel(key, process)
        else:
            total += value
    return total


def _redis() -> redis.Redis:
    return _connect(settings.REDIS_URL)


@cache
def _connect(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS)
