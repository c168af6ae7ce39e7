"""The queues of RQ, as callers see them. An entry is only a nudge: it names a row to look at, and may be lost."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from functools import cache

import django_rq
import redis.exceptions
from django.conf import settings
from django.db import transaction
from rq import Queue, Worker
from rq.exceptions import DeserializationError
from rq.job import Job

from generation.engine import on_demand, steps
from projects.live.outage import Outage

logger = logging.getLogger("dailies.queues")

QUEUE_NAMES = tuple(settings.RQ_QUEUES)
# a worker sends a heartbeat every few seconds (worker.py); one without a newer one is dead
LIVE_WORKER_AGE = timedelta(seconds=15)
# a day, for whoever looks at RQ's dashboard; the job's own history is in the database
FAILURE_TTL_SECONDS = 86_400
_CONNECT_SECONDS = 2.0
_outage = Outage()


def nudge(queue: str, *arguments: str) -> None:
    """Add an entry to a queue at once. When Redis is away it is only logged: the sweep nudges again."""
    if _outage.lasts:
        return
    began = time.monotonic()
    try:
        # results are not kept: entries of `poll` come every few seconds, and the rows have the outcome
        # no id of ours for the entry: when a worker dies, RQ keeps it and would refuse another entry for minutes. Two
        # entries for one row are harmless, since the second finds nothing to do
        django_rq.get_queue(queue).enqueue(
            steps.function_of(queue), *arguments, result_ttl=0, failure_ttl=FAILURE_TTL_SECONDS
        )
        on_demand.ask_for_worker(queue)
    except (redis.exceptions.RedisError, OSError) as error:
        _outage.note(began)
        logger.warning("nudge queue=%s arguments=%s not sent: %s", queue, arguments, error)


def nudge_on_commit(queue: str, *arguments: str) -> None:
    """Add an entry to a queue after the running transaction has been committed."""

    def send() -> None:
        nudge(queue, *arguments)

    # not RQ's own `enqueue` on commit: within a transaction that returns None, and `enqueue_in` does not wait for the
    # commit
    transaction.on_commit(send, robust=True)


def count_waiting() -> dict[str, int]:
    """Return by queue how many entries no worker has picked up yet. Raise RedisError when Redis is away."""
    with _kept_connection(settings.REDIS_URL).pipeline(transaction=False) as lengths:
        for queue in QUEUE_NAMES:
            lengths.llen(f"{Queue.redis_queue_namespace_prefix}{queue}")
        return dict(zip(QUEUE_NAMES, lengths.execute(), strict=True))


@cache
def _kept_connection(url: str) -> redis.Redis:
    # a studio at rest counts twice a second: a new connection for each queue was half of what it costs
    return redis.Redis.from_url(url, socket_connect_timeout=_CONNECT_SECONDS)


def is_redis_up() -> bool:
    """Return whether Redis answers."""
    try:
        return bool(django_rq.get_connection("submit").ping())
    except (redis.exceptions.RedisError, OSError):
        return False


def count_live_workers() -> int:
    """Return how many workers sent a heartbeat lately. Raise RedisError when Redis is away."""
    oldest = datetime.now(UTC) - LIVE_WORKER_AGE
    heartbeats = (worker.last_heartbeat for worker in Worker.all(connection=django_rq.get_connection("submit")))
    return sum(1 for heartbeat in heartbeats if heartbeat and _in_utc(heartbeat) > oldest)


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def find_entries(job_id: str) -> list[tuple[int, str]]:
    """Return RQ's entries that name the job: the queue's number on RQ's dashboard, and the entry's id."""
    named: list[tuple[int, str]] = []
    for index, queue in enumerate(django_rq.get_queue(name) for name in settings.RQ_QUEUES):
        entry_ids = [
            *queue.get_job_ids(),
            *queue.started_job_registry.get_job_ids(),
            *queue.failed_job_registry.get_job_ids(),
        ]
        entries = queue.job_class.fetch_many(entry_ids, connection=queue.connection, serializer=queue.serializer)
        named += [(index, entry.id) for entry in entries if entry is not None and job_id in _arguments(entry)]
    return named


def _arguments(entry: Job) -> list[object]:
    """Return the arguments of an entry; none for one that is not the studio's, see entry.py."""
    try:
        return list(entry.args)
    except DeserializationError:
        return []
