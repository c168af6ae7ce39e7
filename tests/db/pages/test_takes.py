"""Cancel, retry and resolve a take."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from generation.actions.cancel import cancel_loss
from generation.models import GenerationJob
from generation.models.status import Status
from projects.models import Scene
from tests.db.pages.makers import HTMX, add_job, add_picture, text

pytestmark = pytest.mark.django_db


def test_cancel(client: Client, scene: Scene) -> None:
    job = add_job(scene, Status.QUEUED)
    response = client.post(f"/takes/{job.pk}/cancel/", headers=HTMX)
    assert "Nothing was charged" in response["HX-Trigger"]
    assert 'data-status="cancelled"' in text(response)
    twice = client.post(f"/takes/{job.pk}/cancel/", headers=HTMX)
    assert twice.status_code == 409
    assert twice["HX-Reswap"] == "none"
    assert "already cancelled" in twice["HX-Trigger"]


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ([Status.QUEUED, Status.COMPLETED], ""),
        ([Status.PENDING, Status.QUEUED], "Runway won't refund the 25 credits if it has started by now."),
        ([Status.RUNNING, Status.PENDING], "Runway is generating it and won't refund the 25 credits."),
        ([Status.RUNNING, Status.RUNNING], "Runway is generating 2 takes and won't refund the 50 credits."),
    ],
)
def test_a_cancellation_says_what_it_loses(scene: Scene, statuses: list[Status], words: str) -> None:
    assert cancel_loss([add_job(scene, status) for status in statuses]) == words


def test_a_cancellation_says_so_before(client: Client, scene: Scene) -> None:
    job = add_job(scene, Status.RUNNING)
    for page in (f"/takes/{job.pk}/", "/queue/"):
        assert 'data-loses="Runway is generating it and' in text(client.get(page))


def test_cancel_by_a_plain_form(client: Client, scene: Scene) -> None:
    job = add_job(scene, Status.QUEUED)
    page = text(client.post(f"/takes/{job.pk}/cancel/", follow=True))
    assert "Nothing was charged" in page
    assert "Harbour" in page


def test_a_retry_makes_a_new_take(client: Client, scene: Scene) -> None:
    job = add_job(scene, Status.FAILED, error_retryable=True, first_frame=add_picture(scene))
    Scene.objects.filter(pk=scene.pk).update(next_take=2)
    response = client.post(f"/takes/{job.pk}/retry/", {"key": "k"}, headers=HTMX)
    successor = GenerationJob.objects.get(retry_of=job)
    assert str(successor.pk) in response["HX-Trigger"]
    assert "retried as take 2" in text(response)
    assert str(successor.pk) in client.post(f"/takes/{job.pk}/retry/", {"key": "k"}, headers=HTMX)["HX-Trigger"]
    assert client.post(f"/takes/{job.pk}/retry/", {"key": "other"}, headers=HTMX).status_code == 409
    assert GenerationJob.objects.count() == 2


def test_give_up_an_unconfirmed_job(client: Client, scene: Scene) -> None:
    job = add_job(scene, Status.UNCONFIRMED)
    response = client.post(f"/takes/{job.pk}/resolve/", {"lost": "1"}, headers=HTMX)
    assert "Marked as failed" in response["HX-Trigger"]
    assert 'data-status="failed"' in text(response)


@pytest.mark.parametrize("task_id", ["", "not-a-task"])
def test_an_invalid_task_id_is_marked_at_its_field(client: Client, scene: Scene, task_id: str) -> None:
    job = add_job(scene, Status.UNCONFIRMED)
    response = client.post(f"/takes/{job.pk}/resolve/", {"task_id": task_id}, headers=HTMX)
    assert response.status_code == 422
    assert 'id="id_task_id-error"' in text(response)
    assert f'value="{task_id}"' in text(response)
    assert client.post(f"/takes/{job.pk}/resolve/", {"task_id": task_id}).status_code == 422
    job.refresh_from_db()
    assert job.status == Status.UNCONFIRMED


def test_an_unconfirmed_request_is_shown_in_words(client: Client, scene: Scene) -> None:
    job = add_job(scene, Status.QUEUED)
    sent = {"model": "gen4_turbo", "ratio": "1280:720", "duration": 5, "promptText": "It rains"}
    job.move_to(Status.SUBMITTING, data={"request": sent}, submitted_at=timezone.now())
    job.move_to(Status.UNCONFIRMED)
    page = text(client.get(f"/takes/{job.pk}/unconfirmed/"))
    for words in ("Gen-4 Turbo", "1280 × 720", "5 s", "It rains"):
        assert words in page
    assert "gen4_turbo" not in page
