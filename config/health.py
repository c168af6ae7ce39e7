"""`/healthz`: whether the studio can do its work, for a machine that asks every few seconds. Never hangs."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import redis.exceptions
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from generation.engine import queues

SECONDS = 2.0
# threads that hang on a database or a Redis that does not answer stay here, and the next who ask get a 503
POOL = ThreadPoolExecutor(max_workers=6, thread_name_prefix="health")
T = TypeVar("T")


def _is_no_probe(record: logging.LogRecord) -> bool:
    return getattr(getattr(record, "request", None), "path", "") != "/healthz"


# Django logs every 503 as an error; here it is an answer, and the one who asks may do so ten times a second
logging.getLogger("django.request").addFilter(_is_no_probe)


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when database and Redis answer and at least one worker lives, else 503."""
    database, workers = POOL.submit(_database_answers), POOL.submit(_live_workers)
    until = time.monotonic() + SECONDS
    database_answers = _by(until, database) or False
    living = _by(until, workers)
    well = database_answers and bool(living)
    found = {
        "status": "ok" if well else "unavailable",
        "database": "ok" if database_answers else "away",
        "redis": "away" if living is None else "ok",
        "workers": living or 0,
        "runway": "simulator" if settings.RUNWAY_IS_SIMULATOR else "live",
    }
    return JsonResponse(found, status=200 if well else 503)


def _by(until: float, answer: Future[T]) -> T | None:
    try:
        return answer.result(max(until - time.monotonic(), 0))
    except TimeoutError:
        answer.cancel()
        return None


def _database_answers() -> bool:
    """On a connection of its own: a kept one may be dead without knowing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations")
        return True
    except DatabaseError:
        return False
    finally:
        connection.close()


def _live_workers() -> int | None:
    """None: Redis does not answer."""
    try:
        return queues.live_workers()
    except (redis.exceptions.RedisError, OSError):
        return None
