"""What moderation refused is not paid again without a person who says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from generation import actions
from generation.models import GenerationJob
from generation.models.status import Status
from generation.money import refusals
from projects.access.tokens import create_token
from projects.actions import assets
from projects.models import Asset, Scene
from projects.problems import Problem
from tests import factories
from tests.db.pages.makers import HTMX, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server")]


@pytest.fixture
def owner() -> User:
    return factories.make_user("owner")


@pytest.fixture
def scene(owner: User) -> Scene:
    return factories.make_scene(factories.make_project(owner))


@pytest.fixture
def picture(scene: Scene) -> Asset:
    return assets.store_upload(scene, "a.jpg", [factories.picture()], only="image")


@pytest.fixture
def refused(owner: User, scene: Scene, picture: Asset) -> GenerationJob:
    job = ask(owner, scene, picture)
    refuse(job)
    return job


def ask(owner: User, scene: Scene, image: Asset, **more: Any) -> GenerationJob:
    asked = {"model": "gen4_turbo", "prompt_text": "push in", "ratio": "1280:720", "duration": 5, "image": image}
    return actions.generate(owner, scene, **{**asked, **more})[0]


def refuse(job: GenerationJob, code: str = "SAFETY.INPUT.TEXT") -> None:
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.PENDING, runway_task_id=str(job.pk))
    job.move_to(Status.FAILED, error_code=code, error_message="Refused.", credits_charged=25)


@pytest.mark.parametrize("code", ["SAFETY.OUTPUT.VIDEO", "INPUT_PREPROCESSING.SAFETY.THIRD_PARTY"])
def test_the_same_is_warned_of(owner: User, scene: Scene, picture: Asset, code: str) -> None:
    refuse(ask(owner, scene, picture), code)
    with pytest.raises(Problem) as caught:
        ask(owner, scene, picture, ratio="720:1280", duration=4, seed=7)  # what changes nothing
    assert (caught.value.status, caught.value.code) == (409, "refused_before")
    assert code in caught.value.message
    assert scene.jobs.count() == 1
    assert ask(owner, scene, picture, confirm_refused=True).take == 2


def test_the_same_picture_elsewhere_is_the_same(owner: User, refused: GenerationJob) -> None:
    other = factories.make_scene(factories.make_project(owner, "Other"))
    assert refused.first_frame is not None
    copy = assets.store_upload(other, "b.jpg", [refused.first_frame.path.read_bytes()], only="image")
    with pytest.raises(Problem, match="refused the same request"):
        ask(owner, other, copy)


def test_what_differs_is_not_warned_of(owner: User, scene: Scene, picture: Asset, refused: GenerationJob) -> None:
    another = assets.store_upload(scene, "b.jpg", [factories.picture()], only="image")
    ask(owner, scene, picture, prompt_text="pull out")
    ask(owner, scene, picture, model="gen4.5")
    ask(owner, scene, another)


def test_other_kinds_and_files_deep_within(owner: User, scene: Scene, picture: Asset) -> None:
    copy = factories.make_scene(scene.project)
    same = assets.store_upload(copy, "b.jpg", [picture.path.read_bytes()], only="image")

    def request(image: Asset, tag: str = "anna") -> GenerationJob:
        given = {"promptText": "@anna at the sea", "ratio": "1280:720"}
        references = [{"uri": f"asset:{image.pk}", "tag": tag}]
        return actions.create_job(
            owner, scene, kind="text_to_image", model="gen4_image", parameters={**given, "referenceImages": references}
        )[0]

    refuse(request(picture))
    with pytest.raises(Problem, match="refused the same request"):
        request(same)
    request(same, "bertha")


def test_a_retry_is_the_same(owner: User, refused: GenerationJob) -> None:
    with pytest.raises(Problem, match="refused the same request"):
        actions.retry(owner, refused)
    assert actions.retry(owner, refused, confirm_refused=True)[1]


def test_other_failures_are_not_refusals(owner: User, scene: Scene, picture: Asset) -> None:
    refuse(ask(owner, scene, picture), "INTERNAL.BAD_OUTPUT.01")
    ask(owner, scene, picture)


def test_the_api(owner: User, scene: Scene, picture: Asset, refused: GenerationJob) -> None:
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


def test_the_page_asks(owner: User, scene: Scene, picture: Asset, refused: GenerationJob) -> None:
    client = Client()
    client.force_login(owner)
    form = {
        "image": str(picture.pk), "prompt_text": "push in", "model": "gen4_turbo", "ratio": "1280:720",
        "duration": "5", "key": "press-1",
    }  # fmt: skip
    assert "confirm_refused" not in text(client.get(url(scene)))
    answer = client.post(url(scene), form, headers=HTMX)
    assert answer.status_code == 409
    assert "Send it all the same" in text(answer)
    assert "SAFETY.INPUT.TEXT" in text(answer)
    answer = client.post(url(scene), {**form, "confirm_refused": "1"}, headers=HTMX)
    assert answer.status_code == 200
    assert "confirm_refused" not in text(answer)
    assert scene.jobs.count() == 2


def test_the_page_of_other_kinds_asks_too(owner: User, scene: Scene) -> None:
    client = Client()
    client.force_login(owner)
    path = url(scene, "make/")
    form = {"kind": "text_to_image", "model": "gen4_image", "promptText": "the sea", "ratio": "1280:720"}
    client.post(path, {**form, "key": "first"}, headers=HTMX)
    refuse(scene.jobs.get())
    asked = text(client.post(path, {**form, "key": "second"}, headers=HTMX))
    assert "refused the same request" in asked
    assert "Send it all the same" in asked
    confirmed = text(client.post(path, {**form, "key": "second", "confirm_refused": "1"}, headers=HTMX))
    assert "Send it all the same" not in confirmed
    assert scene.jobs.count() == 2


def test_they_are_counted(owner: User, scene: Scene, picture: Asset, refused: GenerationJob) -> None:
    refuse(ask(owner, scene, picture, model="gen4.5"))
    refuse(ask(owner, scene, picture, model="gen4.5", confirm_refused=True))
    found = refusals.count_by_model(GenerationJob.objects.all())
    assert [(each.model, each.count) for each in found] == [("gen4.5", 2), ("gen4_turbo", 1)]
