"""The admin: jobs with their history, read-only, and the same actions as elsewhere."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from generation import actions
from generation.actions import sample
from generation.models import Batch, GenerationJob, JobEvent, JobInput, QualityReport, QualityThumbnail
from generation.models.status import Status
from projects.actions import new_assets
from projects.models import Asset, Scene
from tests import factories, media

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/generation/generationjob/"


@pytest.fixture
def owner() -> User:
    return User.objects.create_superuser("owner")


@pytest.fixture
def admin(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def job(owner: User, redis_server: redis.Redis, settings: Settings) -> GenerationJob:
    settings.IMAGE_URL_ALLOW_PRIVATE = True
    scene: Scene = factories.make_scene(factories.make_project(owner, "Film"))
    address = "https://127.0.0.1:9/a.png"
    return actions.generate(
        owner, scene, model="gen4_turbo", prompt_text="push in", ratio="1280:720", duration=5, image_address=address
    )[0]


def test_the_list_filters_and_searches(admin: Client, job: GenerationJob) -> None:
    for query in (
        "",
        "?status=queued",
        "?model=gen4_turbo",
        "?q=film",
        "?q=push",
        f"?q={job.pk}",
        f"?project={job.project_id}",
    ):
        assert "scene-1, take 1" in admin.get(LIST + query).content.decode(), query
    assert "scene-1, take 1" not in admin.get(f"{LIST}?status=failed").content.decode()


def test_the_page_of_a_job_shows_its_history(admin: Client, job: GenerationJob) -> None:
    job.move_to(Status.FAILED, message="It broke.", error_code="our_error", error_traceback="Traceback: <here>")
    page = admin.get(f"{LIST}{job.pk}/change/").content.decode()
    for words in ("Requested by owner.", "passed on to Runway", "It broke.", "Traceback: &lt;here&gt;", "push in"):
        assert words in page
    assert str(job.scene.path) in page
    assert 'name="_save"' not in page
    assert "/admin/django_rq/" in admin.get("/admin/").content.decode()


def test_queue_entries_are_linked(admin: Client, job: GenerationJob) -> None:
    page = admin.get(f"{LIST}{job.pk}/change/").content.decode()
    assert "/django-rq/queues/" in page
    assert admin.get("/django-rq/").status_code == 200


def test_cancel_and_retry_of_selected_jobs(admin: Client, job: GenerationJob) -> None:
    def run(name: str) -> str:
        data = {"action": name, "_selected_action": str(job.pk)}
        return admin.post(LIST, data, follow=True).content.decode()

    assert "only a failed or cancelled" in run("retry_jobs").lower()
    assert "Nothing was charged" in run("cancel_jobs")
    job.refresh_from_db()
    assert job.status == Status.CANCELLED
    assert "Retried as take 2" in run("retry_jobs")
    assert GenerationJob.objects.get(retry_of=job).status == Status.QUEUED


def test_staff_cannot_change_jobs_of_projects_they_are_not_in(job: GenerationJob) -> None:
    staff = Client()
    staff.force_login(User.objects.create_superuser("staff"))
    for name in ("cancel_jobs", "retry_jobs"):
        page = staff.post(LIST, {"action": name, "_selected_action": str(job.pk)}, follow=True).content.decode()
        assert "you may not do that in Film" in page
    job.refresh_from_db()
    assert job.status == Status.QUEUED


def test_nothing_can_be_added_edited_or_deleted(admin: Client, job: GenerationJob) -> None:
    assert admin.get(f"{LIST}add/").status_code == 403
    assert admin.post(f"{LIST}{job.pk}/change/", {"status": "completed"}).status_code == 403
    assert admin.post(f"{LIST}{job.pk}/delete/", {"post": "yes"}).status_code == 403
    for model in ("project", "scene", "asset", "apitoken"):
        assert admin.get(f"/admin/projects/{model}/").status_code == 200


def test_the_sample_costs_nothing(owner: User, admin: Client) -> None:
    project = sample.make_sample(owner)
    job = GenerationJob.objects.get(project=project)
    assert (job.status, job.credits_charged, job.runway_task_id) == (Status.COMPLETED, Decimal(0), None)
    assert job.asset is not None
    assert job.asset.selected
    assert job.asset.path.is_file()
    assert project.scenes.count() == 3


def test_the_verdict_is_a_column_a_filter_and_pictures(job: GenerationJob) -> None:
    staff = Client()
    staff.force_login(User.objects.create_superuser("staff"))
    reason = {"code": "black", "level": "fail", "message": "It is <black>.", "at": 0.0, "thumbnail": True}
    report = QualityReport.objects.create(job=job, verdict="fail", reasons=[reason])
    QualityThumbnail.objects.create(report=report, number=0, jpeg=b"a small picture")
    assert "scene-1, take 1" in staff.get(f"{LIST}?quality__verdict=fail").content.decode()
    assert "scene-1, take 1" not in staff.get(f"{LIST}?quality__verdict=pass").content.decode()
    page = staff.get(f"{LIST}{job.pk}/change/").content.decode()
    assert "It is &lt;black&gt;." in page
    assert "data:image/jpeg;base64,YSBzbWFsbCBwaWN0dXJl" in page


def test_the_history_is_a_timeline(admin: Client, job: GenerationJob) -> None:
    job.move_to(Status.SUBMITTING, submitted_at=job.created_at + timedelta(seconds=2))
    job.move_to(Status.PENDING, runway_task_id="task-7")
    events = list(job.events.order_by("id"))
    for event, seconds in zip(events[-3:], (0, 2, 75), strict=True):
        JobEvent.objects.filter(pk=event.pk).update(at=job.created_at + timedelta(seconds=seconds))
    page = admin.get(f"{LIST}{job.pk}/change/").content.decode()
    assert page.count('<ol class="story">') == 1
    assert "+ 1 min 13 s" in page  # after the step before
    assert "for 1 min 13 s" in page  # while it was being sent
    assert "sent after 2 s" in page
    for words in ("Sending to Runway", "Starting soon at Runway", "task-7", "Reservation"):
        assert words in page
    assert f'href="/projects/film/scene-1/?take={job.take}"' in page


def test_related_jobs_batch_and_picture_are_linked(admin: Client, owner: User, job: GenerationJob) -> None:
    batch = Batch.objects.create(project=job.project, created_by=owner, name="Drafts")
    picture = new_assets.store_upload(job.scene, "first.jpg", [media.picture()])
    GenerationJob.objects.filter(pk=job.pk).update(batch=batch)
    JobInput.objects.filter(job=job).delete()
    JobInput.objects.create(job=job, asset=picture, place="promptImage")
    job.refresh_from_db()
    job.move_to(Status.CANCELLED)
    again = actions.retry(owner, job)[0]
    page = admin.get(f"{LIST}{job.pk}/change/").content.decode()
    for address in (f"{LIST}{again.pk}/change/", f"/projects/film/batches/{batch.pk}/", poster(picture)):
        assert address in page
    assert f"{LIST}{job.pk}/change/" in admin.get(f"{LIST}{again.pk}/change/").content.decode()


def test_posters_need_the_permission_to_view(admin: Client, job: GenerationJob) -> None:
    picture = new_assets.store_upload(job.scene, "first.jpg", [media.picture()])
    answer = admin.get(poster(picture))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    sound = new_assets.store_upload(job.scene, "first.wav", [media.sound()])
    assert admin.get(poster(sound)).status_code == 404
    few = Client()
    few.force_login(factories.make_user("few", is_staff=True))
    assert few.get(poster(picture)).status_code == 403


@pytest.mark.parametrize("address", [LIST, "/admin/projects/asset/"])
def test_a_list_takes_a_fixed_number_of_queries(
    admin: Client, job: GenerationJob, address: str, django_assert_num_queries: Any
) -> None:
    new_assets.store_upload(job.scene, "1.jpg", [media.picture()])
    with CaptureQueriesContext(connection) as one:
        admin.get(address)
    for take in (2, 3, 4):
        more = new_assets.store_upload(job.scene, f"{take}.jpg", [media.picture()])
        values: dict[str, Any] = {"model": "gen4_turbo", "first_frame": more, "created_by": job.created_by}
        factories.make_job(job.scene, take=take, **values)
    with django_assert_num_queries(len(one)):
        page = admin.get(address).content.decode()
    assert poster(more) in page


def poster(asset: Asset) -> str:
    return f"/admin/projects/asset/{asset.pk}/poster/"
