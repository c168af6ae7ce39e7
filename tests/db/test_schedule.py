"""The schedule of waiting jobs, from rows and by the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from generation.engine import slots
from generation.engine.expected_schedule import WINDOW
from generation.models import GenerationJob, RunwayState
from generation.models.status import WAITS_FOR_TAKE, Status
from projects.models import Membership, Scene
from tests import factories
from tests.db.pages.makers import HTMX, add_job, text


@pytest.fixture
def owner(db: None) -> User:
    return factories.make_user("anna")


@pytest.fixture
def scene(owner: User) -> Scene:
    return factories.make_scene(factories.make_project(owner, "Film"))


@pytest.fixture
def client(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def limit(daily: int, used: int, concurrent: int = 1) -> None:
    limits = {"maxConcurrentGenerations": concurrent, "maxDailyGenerations": daily}
    organization = {
        "tier": {"models": {"gen4_turbo": limits}},
        "usage": {"models": {"gen4_turbo": {"dailyGenerations": used}}},
    }
    RunwayState.objects.update_or_create(
        pk=1, defaults={"organization": organization, "organization_at": timezone.now() - timedelta(minutes=1)}
    )


def get_plan(client: Client, **query: str) -> Any:
    answer = client.get("/api/plan", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_the_plan_by_the_api(client: Client, owner: User, scene: Scene) -> None:
    sent = timezone.now() - timedelta(hours=20)
    for _ in range(3):
        done = add_job(scene, Status.COMPLETED, runway_task_id=f"t{scene.jobs.count()}", submitted_at=sent)
        GenerationJob.objects.filter(pk=done.pk).update(running_at=sent, finished_at=sent + timedelta(seconds=40))
    limit(daily=5, used=3)
    waiting = [add_job(scene, Status.QUEUED) for _ in range(4)]
    (model,) = get_plan(client)["models"]
    assert (model["model"], model["waiting"], model["fits"], model["usedToday"]) == ("gen4_turbo", 4, 2, 3)
    opens = (sent + WINDOW).strftime("%H:%M")
    assert model["sentence"] == f"2 of 4 fit today, the rest from {opens} UTC."
    assert model["credits"] == 100
    assert [job["jobId"] for job in model["jobs"]] == [str(job.pk) for job in waiting]
    assert [job["nextDay"] for job in model["jobs"]] == [False, False, True, True]
    begin, end = (datetime.fromisoformat(model["jobs"][0][name]) for name in ("startsAt", "endsAt"))
    assert (end - begin).total_seconds() == pytest.approx(40, abs=1)


def test_generations_of_others_leave_the_window_last(client: Client, scene: Scene) -> None:
    limit(daily=5, used=5)
    add_job(scene, Status.QUEUED)
    (model,) = get_plan(client)["models"]
    opens = datetime.fromisoformat(model["restFrom"])
    assert model["fits"] == 0
    assert timedelta(hours=23, minutes=58) < opens - timezone.now() < WINDOW
    assert model["sentence"].startswith("None of 1 fit today. They can start from")


def test_the_cheapest_goes_first(client: Client, scene: Scene) -> None:
    limit(daily=1, used=0)
    dear, cheap = add_job(scene, Status.QUEUED, credits_estimated=50), add_job(scene, Status.QUEUED)
    for order, first in (("queue", dear), ("cheapest", cheap)):
        (model,) = get_plan(client, order=order)["models"]
        assert model["jobs"][0]["jobId"] == str(first.pk)
    assert client.get("/api/plan", {"order": "dearest"}).status_code == 422
    assert slots.sendable_jobs()[0] == dear
    assert get_plan(client)["order"] == "queue"


def test_staff_let_the_cheapest_go_first(client: Client, owner: User, scene: Scene) -> None:
    unknown = add_job(scene, Status.QUEUED, credits_estimated=None)
    dear, cheap = add_job(scene, Status.QUEUED, credits_estimated=50), add_job(scene, Status.QUEUED)
    path, body = "/api/plan", {"order": "cheapest"}
    assert client.put(path, body, content_type="application/json").status_code == 403
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    answer = client.put(path, body, content_type="application/json")
    assert [job["jobId"] for job in answer.json()["data"]["models"][0]["jobs"]] == [
        str(job.pk) for job in (cheap, dear, unknown)
    ]
    assert slots.sendable_jobs() == [cheap, dear, unknown]
    RunwayState.objects.update(organization_at=timezone.now(), organization={})
    assert slots.has_slot(unknown)
    assert "Cheapest first." in text(client.get("/queue/plan/"))
    assert "Oldest first." in text(client.post("/queue/plan/", {"order": "queue"}, headers=HTMX))
    assert slots.sendable_jobs()[0] == unknown


def test_jobs_of_other_projects_are_counted_and_not_shown(client: Client, scene: Scene) -> None:
    limit(daily=1, used=0)
    add_job(factories.make_scene(), Status.QUEUED)
    assert get_plan(client)["models"] == []
    mine = add_job(scene, Status.QUEUED)
    (model,) = get_plan(client)["models"]
    assert (model["waiting"], model["fits"], model["othersWaiting"]) == (1, 0, 1)
    assert [job["jobId"] for job in model["jobs"]] == [str(mine.pk)]


def test_jobs_that_wait_for_a_file_are_not_in_the_plan(client: Client, scene: Scene) -> None:
    add_job(scene, Status.QUEUED, waiting_code=WAITS_FOR_TAKE)
    assert get_plan(client)["models"] == []


def test_the_plan_before_runway_was_asked(client: Client, scene: Scene) -> None:
    add_job(scene, Status.QUEUED)
    (model,) = get_plan(client)["models"]
    assert (model["maxDaily"], model["fits"]) == (None, 1)
    assert model["sentence"].startswith("It fits today and will be done around")


def test_the_highest_priority_goes_first(client: Client, scene: Scene) -> None:
    first, second = add_job(scene, Status.QUEUED), add_job(scene, Status.QUEUED)
    path = f"/api/jobs/{second.pk}/priority"
    answer = client.post(path, {"priority": 5}, content_type="application/json")
    assert (answer.status_code, answer.json()["data"]["priority"]) == (200, 5)
    second.refresh_from_db()
    assert second.version == 2
    assert slots.sendable_jobs()[0] == second
    assert slots.has_slot(second)
    (model,) = get_plan(client)["models"]
    assert [job["jobId"] for job in model["jobs"]] == [str(second.pk), str(first.pk)]
    for wrong in (10_001, -10_001, "5", 1.5, None):
        assert client.post(path, {"priority": wrong}, content_type="application/json").status_code == 422
    second.move_to(Status.CANCELLED)
    assert client.post(path, {"priority": 1}, content_type="application/json").status_code == 409


def test_who_may_set_a_priority(scene: Scene) -> None:
    job = add_job(scene, Status.QUEUED)
    for role, status in (("viewer", 403), ("editor", 200)):
        user, client = factories.make_user(), Client()
        Membership.objects.create(project=scene.project, user=user, role=role)
        client.force_login(user)
        path = f"/api/jobs/{job.pk}/priority"
        assert client.post(path, {"priority": 1}, content_type="application/json").status_code == status


def test_the_fragment_and_the_queue_page(client: Client, scene: Scene) -> None:
    assert "fit today" not in text(client.get("/queue/plan/"))
    limit(daily=1, used=0)
    add_job(scene, Status.QUEUED)
    add_job(scene, Status.QUEUED)
    assert "1 of 2 fit today" in text(client.get("/queue/plan/"))
    assert 'hx-get="/queue/plan/"' in text(client.get("/queue/"))
