"""Limits of calls, sockets and uploads: each message names the number and what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User

from generation.live.consumer import MAX_SUBSCRIPTIONS, JobConsumer
from generation.live.credentials import Credentials
from generation.live.sockets import Topic
from projects.web import limits
from projects.web.limits import Limit


def count_allowed(limit: Limit, who: int, now: float, attempts: int) -> int:
    return sum(limit.allow(who, now) for _ in range(attempts))


def test_a_bucket_is_full_at_first_and_filled_steadily() -> None:
    limit = Limit("reads", rate=100, burst=300)
    assert count_allowed(limit, 1, 0, 400) == 300
    assert count_allowed(limit, 1, 0.5, 400) == 50
    assert count_allowed(limit, 1, 60, 400) == 300
    assert count_allowed(limit, 2, 60, 400) == 300


def test_who_never_stops_still_gets_the_rate() -> None:
    limit = Limit("writes", rate=20, burst=20)
    # a hundred a second for ten seconds
    assert 200 <= sum(limit.allow(1, number / 100) for number in range(1000)) <= 221


def test_only_so_many_people_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BUCKETS", 3)
    limit = Limit("reads", rate=1, burst=1)
    assert all(limit.allow(who, 0) for who in range(10))
    assert len(limit._buckets) == 3


def test_the_promise() -> None:
    assert limits.READS.rate >= 100
    assert limits.WRITES.rate >= 20


@pytest.mark.asyncio
async def test_subscriptions_of_a_socket() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(json.loads(message["text"]))

    consumer = JobConsumer()
    consumer.base_send = send  # type: ignore[assignment]
    consumer.credentials = Credentials(User())
    consumer.subscriptions = {Topic("jobId", str(number)): "film" for number in range(MAX_SUBSCRIPTIONS)}
    await consumer.receive('{"type": "subscribe", "projectId": "film"}')
    message = "One socket may have 500 subscriptions. Unsubscribe from some first."
    data = {"projectId": "film", "code": "too_many_subscriptions", "message": message}
    assert sent == [{"type": "error", "data": data}]


@pytest.mark.asyncio
async def test_a_socket_that_floods_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FRAMES", Limit("frames", rate=0, burst=2))
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    consumer = JobConsumer()
    consumer.base_send = send  # type: ignore[assignment]
    consumer.credentials = Credentials(User(pk=1))
    # what is not understood is answered, and the socket lives on
    for text in ("[", '{"type": "ping"}', '{"type": "ping"}'):
        await consumer.receive(text)
    assert [message["type"] for message in sent] == ["websocket.send", "websocket.send", "websocket.close"]
    assert sent[-1]["code"] == 4429
