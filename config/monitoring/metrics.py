"""`/metrics`: what Prometheus asks for, read from rows, from Redis and from the disk when it asks."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator

import redis.exceptions
from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from film.models import Export
from generation.engine import job_counts, queues
from generation.engine.call_counts import BUCKETS, RUNWAY_REQUESTS, RUNWAY_SECONDS, RUNWAY_SECONDS_SUM
from generation.live.hub import SOCKETS
from generation.models import RunwayState
from generation.money.balance import runway_balance
from projects.access.monitors import may_read_metrics
from projects.live.counters import read_counters, read_gauge
from projects.web.request_counts import HTTP_REQUESTS


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in the text format of Prometheus, on this machine or with a token of the scope `metrics`."""
    if not may_read_metrics(request):
        text = "Ask from this machine, or send a token: manage.py apitoken OWNER --scope metrics\n"
        return HttpResponse(text, "text/plain", 401, headers={"WWW-Authenticate": 'Bearer realm="Dailies"'})
    # a collector is all that is asked of the registry
    return HttpResponse(generate_latest(StudioCollector()), CONTENT_TYPE_LATEST)


class StudioCollector(Collector):
    """Reads every figure when it is asked; what Redis has is left out while it is away."""

    def collect(self) -> Iterable[Metric]:
        """Yield each metric with its samples."""
        yield from _jobs()
        yield from _exports()
        yield from _runway_account()
        yield _gauge("dailies_disk_free_bytes", "Free bytes on the disk of the films.", _free_bytes())
        for read in (_queues, _sockets, _counters):
            try:
                # all of one source, or nothing
                yield from list(read())
            except (redis.exceptions.RedisError, OSError):
                continue


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _jobs() -> Iterator[Metric]:
    jobs = GaugeMetricFamily("dailies_jobs", "Jobs by state.", labels=["status"])
    for status, count in job_counts.count_by_state().items():
        jobs.add_metric([status], count)
    yield jobs
    oldest, lateness = job_counts.oldest_unfinished_seconds(), job_counts.poll_lateness_seconds()
    yield _gauge("dailies_oldest_unfinished_seconds", "Age of the oldest unfinished job.", oldest)
    yield _gauge("dailies_poll_lateness_seconds", "How long the most overdue poll is overdue.", lateness)


def _exports() -> Iterator[Metric]:
    exports = GaugeMetricFamily("dailies_exports", "Exports of films by state.", labels=["status"])
    rows = Export.objects.order_by().values_list("status").annotate(count=Count("pk"))
    counts = dict(rows)
    for status in Export.Status.values:
        exports.add_metric([status], counts.get(status, 0))
    yield exports


def _runway_account() -> Iterator[Metric]:
    organization = RunwayState.objects.filter(pk=1).values_list("organization", flat=True).first()
    balance = runway_balance(organization)
    if balance is not None:
        yield _gauge("dailies_credits_balance", "Credits, as Runway reported them last.", float(balance))


def _free_bytes() -> float:
    try:
        return shutil.disk_usage(settings.PROJECTS_ROOT).free
    except OSError:
        return float("nan")


def _queues() -> Iterator[Metric]:
    depth = GaugeMetricFamily("dailies_queue_depth", "Entries that no worker has picked up yet.", labels=["queue"])
    for queue, count in queues.count_waiting().items():
        depth.add_metric([queue], count)
    yield depth


def _sockets() -> Iterator[Metric]:
    yield _gauge("dailies_sockets", "Open WebSockets, over all web processes.", read_gauge(SOCKETS))


def _counters() -> Iterator[Metric]:
    rows: dict[str, list[tuple[list[str], float]]] = defaultdict(list)
    for name, labels, value in read_counters():
        rows[name].append((labels, value))
    http = CounterMetricFamily("dailies_http_requests", "Answers by view and status.", labels=["view", "status"])
    runway = CounterMetricFamily("dailies_runway_requests", "Calls to Runway.", labels=["call", "outcome"])
    for family, name in ((http, HTTP_REQUESTS), (runway, RUNWAY_REQUESTS)):
        for labels, value in sorted(rows[name]):
            family.add_metric(labels, value)
        yield family
    yield _runway_seconds(rows)


def _runway_seconds(rows: dict[str, list[tuple[list[str], float]]]) -> Metric:
    """Return the histogram: the counts in Redis are of each bucket alone, and Prometheus wants them added up."""
    single = {labels[0]: value for labels, value in rows[RUNWAY_SECONDS]}
    total, buckets = 0.0, []
    for bound in (*(f"{bucket:g}" for bucket in BUCKETS), "+Inf"):
        total += single.get(bound, 0.0)
        buckets.append((bound, total))
    seconds = sum(value for _, value in rows[RUNWAY_SECONDS_SUM])
    text = "How long calls to Runway took."
    return HistogramMetricFamily("dailies_runway_request_seconds", text, buckets=buckets, sum_value=seconds)
