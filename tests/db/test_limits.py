"""Limits of the API and the pages: each refusal says by how much and what to do."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from projects.access.tokens import create_token
from projects.web import limits
from projects.web.limits import Limit
from tests.factories import make_project, make_scene, make_user


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
    assert "writes a second. Slow down" in answer["message"]
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
