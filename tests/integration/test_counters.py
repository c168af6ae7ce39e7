"""Counters that several processes share in Redis, and the figures of a studio with two web processes."""

from __future__ import annotations

import pytest
import redis
import requests
from prometheus_client.parser import text_string_to_metric_families

from projects.live import counters as counters_module
from projects.live.counters import Counters, read_counters, read_gauge, set_gauge
from tests.studio_process import RunningStudio, eventually


@pytest.fixture
def empty_redis(redis_server: redis.Redis) -> redis.Redis:
    redis_server.flushdb()
    return redis_server


def test_what_processes_count_is_added_up_and_nothing_is_counted_twice(empty_redis: redis.Redis) -> None:
    one, two = Counters(), Counters()
    for _ in range(100):
        one.add("views", "page", "200")
        two.add("views", "page", "200", amount=2)
    one.flush()
    two.flush()
    one.flush()
    assert ("views", ["page", "200"], 300.0) in read_counters()


def test_what_is_counted_arrives_by_itself(empty_redis: redis.Redis) -> None:
    Counters().add("views", "page", "200")
    # tests before this one may have counted requests that arrive now
    eventually(lambda: ("views", ["page", "200"], 1.0) in read_counters())


def test_an_outage_loses_no_count(empty_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_counts: object) -> None:
        raise redis.exceptions.ConnectionError

    mine = Counters()
    mine.add("views", "page", "200")
    with monkeypatch.context() as patch:
        patch.setattr(counters_module, "_send", away)
        mine.flush()
    mine.add("views", "page", "200")
    mine.flush()
    assert ("views", ["page", "200"], 2.0) in read_counters()


def test_a_gauge_is_the_sum_of_live_processes(empty_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    set_gauge("sockets", "dead", 5)
    monkeypatch.setattr(counters_module, "GAUGE_SECONDS", -1.0)
    assert read_gauge("sockets") == 0
    monkeypatch.undo()
    set_gauge("sockets", "one", 2)
    set_gauge("sockets", "two", 3)
    set_gauge("sockets", "two", 4)
    assert read_gauge("sockets") == 6


def test_two_web_processes_have_the_same_figures() -> None:
    with RunningStudio(args=("--web", "2", "--no-sample")) as studio:
        for _ in range(40):
            # a connection of its own for each, so that both processes get some
            assert requests.get(f"{studio.url}/accounts/login/", timeout=10).status_code == 200

        def values() -> dict[str, float]:
            text = requests.get(f"{studio.url}/metrics", timeout=10).text
            families = text_string_to_metric_families(text)
            return {f"{s.name} {' '.join(s.labels.values())}".strip(): s.value for f in families for s in f.samples}

        eventually(lambda: values().get("dailies_http_requests_total 200 login", 0) == 40)
        figures = values()
        assert figures["dailies_queue_depth submit"] == 0
        assert figures["dailies_sockets"] == 0
        # the simulator is asked for the balance when a take is priced or sent, and not before
        assert figures["dailies_runway_request_seconds_count"] == sum(
            value for name, value in figures.items() if name.startswith("dailies_runway_requests_total")
        )
