"""RQ from the caller's side: nudges. An entry says 'look at this row' and nothing more; losing one loses nothing."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import django_rq
import redis.exceptions
from django.conf import settings
from django.db import transaction
from rq import Worker

logger = logging.getLogger("dailies.queues")

# a worker's heartbeat comes every few seconds (worker.py); one that is older belongs to the dead
LIVE_WORKER = timedelta(seconds=15)


def nudge(queue: str, *arguments: str) -> None:
    """Put an entry into a queue at once; a Redis that is away is the sweep's business, not the caller's."""
    try:
        # poll's entries come every few seconds for ever: their results are nobody's
        django_rq.get_queue(queue).enqueue(
            f"generation.engine.tasks.{queue}", *arguments, result_ttl=0, failure_ttl=86400
        )
    except (redis.exceptions.RedisError, OSError) as error:
        logger.warning("nudge queue=%s arguments=%s not sent: %s", queue, arguments, error)


def nudge_on_commit(queue: str, *arguments: str) -> None:
    def send() -> None:
        nudge(queue, *arguments)

    transaction.on_commit(send, robust=True)


def waiting(queue: str) -> int:
    """Entries that no worker has taken yet."""
    return int(django_rq.get_queue(queue).count)


def redis_answers() -> bool:
    try:
        return bool(django_rq.get_connection("submit").ping())
    except (redis.exceptions.RedisError, OSError):
        return False


def live_workers() -> int:
    """Workers that were heard of lately; raises what Redis raises when it is away."""
    now = datetime.now(UTC)
    workers = Worker.all(connection=django_rq.get_connection("submit"))
    return sum(1 for worker in workers if worker.last_heartbeat and now - _aware(worker.last_heartbeat) < LIVE_WORKER)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def entries_of(job_id: str) -> list[tuple[int, str]]:
    """RQ's entries that name the job: the queue's number on the dashboard, and the entry's id."""
    found = []
    for index, queue in enumerate(django_rq.get_queue(name) for name in settings.RQ_QUEUES):
        keys = [
            *queue.get_job_ids(),
            *queue.started_job_registry.get_job_ids(),
            *queue.failed_job_registry.get_job_ids(),
        ]
        entries = queue.job_class.fetch_many(keys, connection=queue.connection, serializer=queue.serializer)
        found += [(index, entry.id) for entry in entries if entry is not None and job_id in entry.args]
    return found
