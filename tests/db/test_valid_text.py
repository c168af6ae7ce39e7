"""Every door refuses what is no valid text, in short, and what is stored already breaks nothing."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from generation.models import GenerationJob, JobEvent
from projects.access.tokens import create_token
from projects.models import Scene
from tests.factories import make_job, make_project, make_scene, make_user

pytestmark = pytest.mark.django_db
# JSON's own escapes, as a program sends them
HALF, NUL = "a\\ud800b", "a\\u0000b"


@pytest.fixture
def ada() -> User:
    return make_user("ada", is_staff=True)


@pytest.fixture
def scene(ada: User) -> Scene:
    return make_scene(make_project(ada))


@pytest.fixture
def api(ada: User) -> Client:
    return Client(headers={"authorization": f"Bearer {create_token(ada, 'script')[1]}"})


def post(api: Client, path: str, body: str | bytes) -> Any:
    return api.post(path, body, content_type="application/json")


@pytest.mark.parametrize("text", [HALF, NUL])
def test_json_that_would_be_paid_for(api: Client, scene: Scene, text: str) -> None:
    request = {"projectId": scene.project.slug, "sceneId": scene.folder_name}
    take = {"kind": "text_to_video", "model": "veo3.1", "promptText": "WORDS"}
    image = {"promptText": "WORDS", "promptImage": "https://a.example/b"}
    items = [{"scene": "scene-1", "promptText": "WORDS"}]
    bodies = {
        "/api/generations": ({**request, **take}, "promptText"),
        "/api/videos/generate": ({**request, **image}, "promptText"),
        "/api/batches": ({"projectId": scene.project.slug, "items": items}, "items.0.promptText"),
        "/api/projects": ({"name": "WORDS"}, "name"),
    }
    for path, (body, field) in bodies.items():
        answer = post(api, path, json.dumps(body).replace("WORDS", text))
        assert answer.status_code == 422, path
        assert [wrong["field"] for wrong in answer.json()["errors"]] == [field]
    assert not GenerationJob.objects.exists()


def test_a_shot_list_in_json(api: Client, scene: Scene) -> None:
    body = json.dumps({"projectId": scene.project.slug, "csv": f'[{{"scene": "scene-1", "promptText": "{HALF}"}}]'})
    answer = post(api, "/api/batches", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "csv")


def test_addresses_queries_headers_and_forms(api: Client, ada: User, scene: Scene) -> None:
    browser = Client()
    browser.force_login(ada)
    project = f"/projects/{scene.project.slug}/"
    for client, path in (
        (api, "/api/jobs?project=%00"),
        (api, "/api/jobs/a%00b"),
        (browser, "/?q=%00"),
        (browser, "/projects/%00/"),
    ):
        answer = client.get(path)
        assert answer.status_code == 422, path
        assert "must not contain NUL characters" in answer.content.decode()
    assert api.get("/api/jobs", headers={"idempotency-key": "\0"}).status_code == 422
    assert browser.post(f"{project}rename/", {"name": "a\0b"}).status_code == 422
    refused = browser.post(f"{project}rename/", {"name": "a\0b"}, headers={"hx-request": "true"})
    assert "name must not contain NUL" in refused.headers["HX-Trigger"]


def test_answers_to_enormous_bodies_are_short(api: Client, scene: Scene) -> None:
    unknown = json.dumps({f"k{number}": 1 for number in range(1_000_000)})
    some_unknown = json.dumps({f"{number}" * 50: 1 for number in range(300)})
    deep = '{"name": ' + "[" * 200_000 + "]" * 200_000 + "}"
    calls = [("/api/projects", unknown, 400), ("/api/generations", deep, 400)]
    calls += [(path, some_unknown, 422) for path in ("/api/projects", "/api/generations", "/api/batches")]
    for path, body, status in calls:
        started = time.process_time()
        answer = post(api, path, body)
        assert answer.status_code == status
        assert len(answer.content) < 250_000
        assert time.process_time() - started < 2


def test_what_is_stored_breaks_nothing(
    api: Client, ada: User, scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    job = make_job(scene, parameters={"promptText": "WORDS"})
    event = job.add_event(JobEvent.Kind.ANSWER, "Runway accepted the request.", {"taskId": "WORDS"})
    if connection.vendor == "sqlite":
        # as earlier versions stored it; PostgreSQL and columns of text refuse it
        with connection.cursor() as cursor:
            for model, column in ((GenerationJob, "parameters"), (JobEvent, "data")):
                sql = f"UPDATE {model._meta.db_table} SET {column} = replace({column}, 'WORDS', %s)"  # noqa: S608
                cursor.execute(sql, [f"{HALF}{NUL}"])
        job.refresh_from_db()
        event.refresh_from_db()
        assert job.parameters["promptText"] == event.data["taskId"] == "a\ufffdba\ufffdb"
    User.objects.filter(pk=ada.pk).update(is_superuser=True)
    browser = Client()
    browser.force_login(ada)
    project = f"/projects/{scene.project.slug}/"
    pages = ["/queue/", "/usage/", project, f"{project}{scene.folder_name}/", f"{project}disclosure/"]
    admin = f"/admin/generation/generationjob/{job.pk}/change/"
    for path in (*pages, "/admin/generation/generationjob/"):
        assert browser.get(path).status_code == 200, path
    assert browser.get(admin).status_code == 200
    for path in (f"/api/jobs/{job.pk}", "/api/jobs", f"/api/projects/{scene.project.slug}/folders"):
        assert api.get(path).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        job.annotate(note="seen")
    assert json.loads((scene.path / "metadata" / "scene.json").read_bytes())["id"] == scene.folder_name
    # what is saved now is valid on every database
    job.parameters = {"promptText": "a\ud800\0"}
    job.save()
    job.refresh_from_db()
    assert job.parameters == {"promptText": "a\ufffd\ufffd"}
