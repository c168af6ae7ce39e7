"""`/healthz`: whether the studio can do its work, for a monitor that asks every few seconds. It never hangs."""

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
from generation.live.hub import hub
from projects.web.troubles import hanging, read_troubles, replaced

_SECONDS = 2.0
# threads that hang on a database or a Redis stay here; when all six do, the next request is answered 503
_POOL = ThreadPoolExecutor(max_workers=6, thread_name_prefix="health")
T = TypeVar("T")


def _is_not_health(record: logging.LogRecord) -> bool:
    return getattr(getattr(record, "request", None), "path", "") != "/healthz"


# Django logs every 503 as an error; here it is an answer, and a monitor may get it ten times a second
logging.getLogger("django.request").addFilter(_is_not_health)


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and Redis answer and at least one worker lives, else 503, within two seconds."""
    database, workers = _POOL.submit(_database_answers), _POOL.submit(_live_workers)
    deadline = time.monotonic() + _SECONDS
    database_answers = _result(database, deadline) or False
    live_workers = _result(workers, deadline)
    healthy = database_answers and bool(live_workers)
    troubles = read_troubles()
    data = {
        "status": "ok" if healthy else "unavailable",
        "database": "ok" if database_answers else "away",
        "redis": "away" if live_workers is None else "ok",
        "workers": live_workers or 0,
        "runway": "simulator" if settings.RUNWAY_IS_SIMULATOR else "live",
        "failing": sorted(hub.background.failing),
        "hanging": hanging(troubles),
        "replaced": replaced(troubles),
    }
    return JsonResponse(data, status=200 if healthy else 503)


def _result(future: Future[T], deadline: float) -> T | None:
    try:
        return future.result(max(deadline - time.monotonic(), 0))
    except TimeoutError:
        future.cancel()
        return None


def _database_answers() -> bool:
    """Ask the database, on a connection of its own: a kept one may be dead without noticing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations")
        return True
    except DatabaseError:
        return False
    finally:
        connection.close()


def _live_workers() -> int | None:
    """Return the number of live workers, None when Redis does not answer."""
    try:
        return queues.count_live_workers()
    except (redis.exceptions.RedisError, OSError):
        return None
