"""Limits of calls, sockets and uploads: each message names the number and what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from generation.live.consumer import MAX_SUBSCRIPTIONS, JobConsumer
from generation.live.credentials import Credentials
from generation.live.sockets import Topic
from projects.access.tokens import create_token
from projects.web import limits
from projects.web.limits import Limit
from tests.factories import make_project, make_scene, make_user


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


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(limits, "READS", Limit("reads", rate=0, burst=2))
    monkeypatch.setattr(limits, "WRITES", Limit("writes", rate=0, burst=1))
    return make_user("ada")


@pytest.mark.django_db
def test_too_many_calls(ada: User) -> None:
    _, text = create_token(ada, "mad loop")
    client = Client(headers={"authorization": f"Bearer {text}"})
    assert [client.get("/api/projects").status_code for _ in range(3)] == [200, 200, 429]
    # what only reads does not use up what may be written, and pages are another thing
    assert client.post("/api/projects", '{"name": "Film"}', content_type="application/json").status_code == 201
    refused = client.post("/api/projects", '{"name": "Film"}', content_type="application/json")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    answer = refused.json()
    assert answer["code"] == "too_many_requests"
    assert "writes a second. Wait a second" in answer["message"]
    by_session = Client()
    by_session.force_login(ada)
    assert by_session.get("/api/projects").status_code == 429
    assert by_session.get("/").status_code == 200
    other = Client(headers={"authorization": f"Bearer {create_token(make_user(), 'calm')[1]}"})
    assert other.get("/api/projects").status_code == 200


@pytest.mark.django_db
def test_bodies_of_pages_and_calls(settings: Settings) -> None:
    scene = make_scene(make_project(user := make_user(), "Film"))
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client = Client()
    client.force_login(user)
    refused = client.post("/api/projects", json.dumps({"name": "x" * 2000}), content_type="application/json")
    assert refused.status_code == 413
    assert "too large" in refused.json()["message"]
    page = client.post(f"/projects/film/{scene.folder_name}/", {"prompt_text": "x" * 2000})
    assert page.status_code == 413
    assert "The form is too large" in page.content.decode()


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
