"""The page of the queue: filters, reasons, pauses, bulk actions; and the count in the header of every page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from generation import actions
from generation.models import Batch, GenerationJob, RunwayState
from generation.models.status import Status
from projects.models import Scene
from tests import factories
from tests.db.pages.makers import GENERAL, HTMX, add_clip, add_job, member, text

pytestmark = pytest.mark.django_db


def listed_takes(client: Client, query: str = "") -> list[str]:
    return re.findall(r", take (\d+)</a>", text(client.get(f"/queue/?{query}")))


def test_jobs_in_progress_come_first_then_queued_then_finished_ones(client: Client, owner: User, scene: Scene) -> None:
    add_clip(scene)
    add_job(scene, Status.FAILED)
    add_job(scene, Status.QUEUED)
    last = add_job(scene, Status.QUEUED)
    add_job(scene, Status.RUNNING)
    assert listed_takes(client) == ["5", "3", "4", "2", "1"]
    actions.move(owner, [last], "front")
    assert listed_takes(client) == ["5", "4", "3", "2", "1"]
    page = text(client.get("/queue/"))
    assert re.findall(r">(\w+) in line", page) == ["1st", "2nd"]
    assert re.findall(r'>([\w ]+) <span class="count">(\d)', page) == [
        ("All", "5"), ("Unfinished", "3"), ("Queued", "2"), ("Done", "1"),
        ("Failed", "1"), ("Cancelled", "0"), ("Unconfirmed", "0"),
    ]  # fmt: skip


def test_filter_by_person(client: Client, scene: Scene) -> None:
    add_job(scene)
    add_job(scene, created_by=factories.make_user("anna"))
    assert listed_takes(client, "person=anna") == ["2"]
    assert listed_takes(client, "person=nobody") == listed_takes(client) == ["2", "1"]


def test_rows_say_why_and_since_when_they_wait_and_when_they_are_tried_again(client: Client, scene: Scene) -> None:
    since = timezone.now().replace(hour=9, minute=30)
    waiting: dict[str, Any] = {"waiting_since": since, "attempts": 1}
    busy = {**waiting, "waiting_code": "runway_busy", "due_at": timezone.now() + timedelta(seconds=40)}
    add_job(scene, Status.QUEUED, **busy)
    full = {**waiting, "waiting_code": "daily_limit", "waiting_message": "The day is full."}
    add_job(scene, Status.QUEUED, **full, due_at=timezone.now().replace(hour=23, minute=59) + timedelta(days=1))
    page = re.sub(r"<[^>]+>", "", text(client.get("/queue/")))
    assert re.search(r"Runway was busy, since 09:30 UTC. +Second try in (39|40) s.", page)
    assert re.search("The day is full, since 09:30 UTC. +Second try at 23:59 UTC.", page)


def test_an_outage_of_runway_is_shown_with_the_next_try(client: Client, scene: Scene) -> None:
    RunwayState.objects.create(pk=1, condition="unreachable", since=timezone.now() - timedelta(minutes=7))
    add_job(scene, Status.QUEUED, due_at=timezone.now() + timedelta(seconds=30))
    page = re.sub(r"<[^>]+>", "", text(client.get("/queue/")))
    assert re.search(r"has been unreachable since \d\d:\d\d UTC, 7\s+minutes ago. Next try in (29|30) s", page)


def test_every_page_shows_a_pause_and_can_end_it(client: Client, owner: User, scene: Scene) -> None:
    job = add_job(scene, Status.QUEUED)
    assert client.post("/queue/pause/", {}).status_code == 403
    client.post("/queue/pause/", {"project": scene.project.slug})
    for path in GENERAL:
        assert "has been paused since" in text(client.get(path)), path
    assert ">Paused<" in text(client.get("/queue/"))
    stranger = Client()
    stranger.force_login(factories.make_user())
    assert "has been paused since" not in text(stranger.get("/"))
    client.post("/queue/resume/", {"project": scene.project.slug})
    assert "has been paused since" not in text(client.get("/"))
    job.refresh_from_db()
    assert job.waiting_code == ""


def test_all_failed_jobs_can_be_retried_for_their_total_price(client: Client, scene: Scene) -> None:
    for _ in range(3):
        add_job(scene, Status.FAILED, error_retryable=True)
    add_job(scene, Status.FAILED, error_code="SAFETY.INPUT.TEXT")
    add_job(scene, Status.FAILED, clip_may_come=True, runway_task_id="task")
    again = add_job(scene, Status.FAILED, error_retryable=True)
    add_job(scene, Status.QUEUED, retry_of=again)
    assert "Retry 4 failed takes · 75 credits" in text(client.get("/queue/"))
    page = text(client.get(f"/queue/retry/?project={scene.project.slug}"))
    assert page.count('name="job"') == 4
    assert "0, already paid" in page
    assert "Retry 4" not in text(member(scene, "editor").get("/queue/"))
    assert "Nothing to retry" in text(member(scene, "viewer").get("/queue/retry/"))


def test_bulk_actions_on_ticked_jobs(client: Client, scene: Scene) -> None:
    jobs = [add_job(scene, Status.QUEUED) for _ in range(3)]
    ended = add_job(scene, Status.CANCELLED)
    keys = [str(job.pk) for job in jobs]
    client.post("/queue/several/", {"do": "front", "job": keys[2:]})
    assert listed_takes(client, "state=queued") == ["3", "1", "2"]
    cancelled = client.post("/queue/several/", {"do": "cancel", "job": [*keys[:2], str(ended.pk)]}, follow=True)
    assert "2 takes cancelled. 1 was not: The take is already cancelled." in text(cancelled)
    confirmation = text(client.post("/queue/several/", {"do": "retry", "job": [str(ended.pk), keys[2]]}))
    assert "One take will be sent to Runway again" in confirmation
    assert "1 of the selected takes can't be retried" in confirmation
    assert client.post("/queue/several/", {"do": "explode", "job": keys}).status_code == 422
    assert client.post("/queue/several/", {"do": "cancel"}).status_code == 422
    assert client.post("/queue/several/", {"do": "cancel", "job": "x"}).status_code == 404


def test_the_header_counts_unfinished_jobs(client: Client, scene: Scene) -> None:
    assert 'id="work" hidden' in text(client.get("/account/"))
    for progress in (20, 60):
        add_job(scene, Status.RUNNING, progress=progress)
    add_job(scene, Status.QUEUED)
    add_job(scene, Status.FAILED)
    page = text(client.get("/account/"))
    assert "<b data-count>3</b>" in page
    assert 'id="work-bar" max="100" value="27"' in page


def test_news_are_for_the_person_who_asked(client: Client, scene: Scene) -> None:
    done = add_clip(scene)
    assert "take 1 is done." in text(client.get(f"/takes/{done.pk}/news/"))
    failed = add_job(scene, Status.FAILED, error_message="Runway said no.")
    assert "take 2 failed: Runway said no." in text(client.get(f"/takes/{failed.pk}/news/"))
    for job in (add_job(scene, Status.CANCELLED), add_job(scene, Status.RUNNING)):
        assert client.get(f"/takes/{job.pk}/news/").status_code == 204
    GenerationJob.objects.update(created_by=factories.make_user())
    assert client.get(f"/takes/{done.pk}/news/").status_code == 204


def test_takes_that_were_requested_together_are_one_message(client: Client, scene: Scene) -> None:
    batch = Batch.objects.create(project=scene.project, created_by=scene.project.memberships.get().user, name="Drafts")
    for together in ({"batch": batch}, {"parameters": {"promptText": "push in"}}):
        done, failed = add_job(scene, **together), add_job(scene, Status.FAILED, **together)
        busy = add_job(scene, Status.RUNNING, **together)
        assert client.get(f"/takes/{done.pk}/news/").status_code == 204
        GenerationJob.objects.filter(pk=busy.pk).update(status=Status.COMPLETED)
        news = {text(client.get(f"/takes/{job.pk}/news/")) for job in (done, failed, busy)}
        assert all(": 2 done, 1 failed." in each for each in news)
        assert len({re.search('data-group="([^"]+)"', each)[1] for each in news}) == 1  # type: ignore[index]
    assert f'data-shows="batch-{batch.pk}"' in text(client.get(f"/projects/{scene.project.slug}/batches/{batch.pk}/"))


def test_move_by_script_and_by_a_plain_form(client: Client, scene: Scene) -> None:
    first, second = (add_job(scene, Status.QUEUED) for _ in range(2))
    answer = client.post(f"/takes/{second.pk}/move/", {"where": "up"}, headers=HTMX)
    assert (answer.status_code, "dailies:queue" in answer["HX-Trigger"]) == (204, True)
    assert listed_takes(client) == ["2", "1"]
    plain = client.post(f"/takes/{first.pk}/move/", {"where": "front", "project": scene.project.slug})
    assert plain.status_code == 302
    assert listed_takes(client) == ["1", "2"]
    beside = {"where": "after", "beside": str(second.pk)}
    client.post(f"/takes/{first.pk}/move/", beside)
    assert listed_takes(client) == ["2", "1"]
    assert client.post(f"/takes/{first.pk}/move/", {"where": "sideways"}).status_code == 422
