"""Requests that moderation refused are not paid for again unless a person confirms it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from generation import actions
from generation.engine.apply_state import apply_task
from generation.models import GenerationJob
from generation.models.status import Status
from generation.money import refusals
from generation.runway.task import Task
from projects.access.tokens import create_token
from projects.actions import new_assets
from projects.models import Asset, Scene
from projects.problems import Problem
from tests import factories, media
from tests.db.pages.makers import HTMX, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return factories.make_user("owner")


@pytest.fixture
def scene(owner: User) -> Scene:
    return factories.make_scene(factories.make_project(owner))


@pytest.fixture
def picture(scene: Scene) -> Asset:
    return new_assets.store_upload(scene, "a.jpg", [media.picture()], only="image")


@pytest.fixture
def refused(owner: User, scene: Scene, picture: Asset) -> GenerationJob:
    job = request_take(owner, scene, picture)
    move_to_refused(job)
    return job


def request_take(owner: User, scene: Scene, image: Asset, **more: Any) -> GenerationJob:
    values = {"model": "gen4_turbo", "prompt_text": "push in", "ratio": "1280:720", "duration": 5, "image": image}
    return actions.generate(owner, scene, **{**values, **more})[0]


def move_to_refused(job: GenerationJob, code: str = "SAFETY.INPUT.TEXT") -> None:
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.PENDING, runway_task_id=str(job.pk))
    apply_task(job, Task(str(job.pk), "FAILED", 0, (), "Refused.", code, Decimal(25), None))


@pytest.mark.parametrize("code", ["SAFETY.OUTPUT.VIDEO", "INPUT_PREPROCESSING.SAFETY.THIRD_PARTY"])
def test_the_same_request_is_refused_unless_confirmed(owner: User, scene: Scene, picture: Asset, code: str) -> None:
    move_to_refused(request_take(owner, scene, picture), code)
    with pytest.raises(Problem) as caught:
        request_take(owner, scene, picture, ratio="720:1280", duration=4, seed=7)  # fields that make no difference
    assert (caught.value.status, caught.value.code) == (409, "refused_before")
    assert code in caught.value.message
    assert scene.jobs.count() == 1
    assert request_take(owner, scene, picture, confirm_refused=True).take == 2


def test_the_same_picture_in_another_project_counts(owner: User, refused: GenerationJob) -> None:
    other = factories.make_scene(factories.make_project(owner, "Other"))
    assert refused.first_frame is not None
    copy = new_assets.store_upload(other, "b.jpg", [refused.first_frame.path.read_bytes()], only="image")
    with pytest.raises(Problem, match="refused the same request"):
        request_take(owner, other, copy)


def test_another_prompt_model_or_picture_is_not_refused(
    owner: User, scene: Scene, picture: Asset, refused: GenerationJob
) -> None:
    another = new_assets.store_upload(scene, "b.jpg", [media.picture()], only="image")
    request_take(owner, scene, picture, prompt_text="pull out")
    request_take(owner, scene, picture, model="gen4.5")
    request_take(owner, scene, another)


def test_other_kinds_and_nested_files_count(owner: User, scene: Scene, picture: Asset) -> None:
    copy = factories.make_scene(scene.project)
    same = new_assets.store_upload(copy, "b.jpg", [picture.path.read_bytes()], only="image")

    def request(image: Asset, tag: str = "anna") -> GenerationJob:
        given = {"promptText": "@anna at the sea", "ratio": "1280:720"}
        references = [{"uri": f"asset:{image.pk}", "tag": tag}]
        return actions.create_job(
            owner, scene, kind="text_to_image", model="gen4_image", parameters={**given, "referenceImages": references}
        )[0]

    move_to_refused(request(picture))
    with pytest.raises(Problem, match="refused the same request"):
        request(same)
    request(same, "bertha")


def test_a_retry_is_refused_unless_confirmed(owner: User, refused: GenerationJob) -> None:
    with pytest.raises(Problem, match="refused the same request"):
        actions.retry(owner, refused)
    assert actions.retry(owner, refused, confirm_refused=True)[1]


def test_other_failures_are_not_refusals(owner: User, scene: Scene, picture: Asset) -> None:
    move_to_refused(request_take(owner, scene, picture), "INTERNAL.BAD_OUTPUT.01")
    request_take(owner, scene, picture)


def test_the_api_warns_or_refuses(owner: User, scene: Scene, picture: Asset, refused: GenerationJob) -> None:
    client = Client(headers={"authorization": f"Bearer {create_token(owner, 'test')[1]}"})
    body = {"projectId": scene.project.slug, "sceneId": scene.folder_name, "promptText": "push in"}
    body["imageId"] = str(picture.pk)

    def post(path: str, **more: Any) -> Any:
        return client.post(path, {**body, **more}, content_type="application/json")

    answer = post("/api/videos/generate", confirmRefused=False)
    assert (answer.status_code, answer.json()["code"]) == (409, "refused_before")
    answer = post("/api/videos/generate")
    assert (answer.status_code, "moderation refused" in answer.json()["message"]) == (202, True)
    retry = f"/api/jobs/{refused.pk}/retry"
    refusing = client.post(retry, {"confirmRefused": False}, content_type="application/json")
    assert refusing.json()["code"] == "refused_before"
    assert "moderation refused" in client.post(retry, content_type="application/json").json()["message"]


def test_the_composer_asks_for_confirmation(owner: User, scene: Scene, picture: Asset, refused: GenerationJob) -> None:
    client = Client()
    client.force_login(owner)
    form = {
        "image": str(picture.pk), "prompt_text": "push in", "model": "gen4_turbo", "ratio": "1280:720",
        "duration": "5", "key": "press-1",
    }  # fmt: skip
    assert "confirm_refused" not in text(client.get(url(scene)))
    answer = client.post(url(scene), form, headers=HTMX)
    assert answer.status_code == 409
    assert "Generate anyway" in text(answer)
    assert "SAFETY.INPUT.TEXT" in text(answer)
    answer = client.post(url(scene), {**form, "confirm_refused": "1"}, headers=HTMX)
    assert answer.status_code == 200
    assert "confirm_refused" not in text(answer)
    assert scene.jobs.count() == 2


def test_the_generic_form_asks_for_confirmation(owner: User, scene: Scene) -> None:
    client = Client()
    client.force_login(owner)
    path = url(scene, "make/")
    form = {"kind": "text_to_image", "model": "gen4_image", "promptText": "the sea", "ratio": "1280:720"}
    client.post(path, {**form, "key": "first"}, headers=HTMX)
    move_to_refused(scene.jobs.get())
    question = text(client.post(path, {**form, "key": "second"}, headers=HTMX))
    assert "refused the same request" in question
    assert "Generate anyway" in question
    confirmed = text(client.post(path, {**form, "key": "second", "confirm_refused": "1"}, headers=HTMX))
    assert "Generate anyway" not in confirmed
    assert scene.jobs.count() == 2


def test_refusals_are_counted_by_model(owner: User, scene: Scene, picture: Asset, refused: GenerationJob) -> None:
    move_to_refused(request_take(owner, scene, picture, model="gen4.5"))
    move_to_refused(request_take(owner, scene, picture, model="gen4.5", confirm_refused=True))
    counted = refusals.count_by_model(GenerationJob.objects.all())
    assert [(row.model, row.count) for row in counted] == [("gen4.5", 2), ("gen4_turbo", 1)]
