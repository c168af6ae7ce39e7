"""The composer: what is refused and kept, and that one press is one job."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
import redis
from django.test import Client
from pytest_django import Settings

from generation.models import GenerationJob
from generation.status import Status
from projects.models import Asset, Scene
from tests.unit.pages.makers import GENERAL, HTMX, add_job, add_picture, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def composed(scene: Scene) -> dict[str, Any]:
    return {
        "image": str(add_picture(scene).pk),
        "prompt_text": "the fog lifts",
        "model": "gen4_turbo",
        "ratio": "1280:720",
        "duration": "5",
        "seed": "",
        "key": str(uuid.uuid4()),
    }


WRONG = {
    "no picture": ({"image": ""}, "Choose the picture"),
    "picture of nobody": ({"image": str(uuid.uuid4())}, "no longer in this scene"),
    "picture that is no id": ({"image": "../../x"}, "no longer in this scene"),
    "no prompt": ({"prompt_text": ""}, "Write what should happen"),
    "blank prompt": ({"prompt_text": " \r\n "}, "Write what should happen"),
    "long prompt": ({"prompt_text": "🎬" * 501}, "1002"),
    "no such model": ({"model": "gen9"}, "gen4_turbo, gen4.5"),
    "wrong ratio": ({"ratio": "16:9"}, "1280:720"),
    "wrong duration": ({"duration": "11"}, "2, 3, 4"),
    "duration in words": ({"duration": "five"}, "whole number of seconds"),
    "seed too large": ({"seed": "4294967296"}, "0 to 4294967295"),
    "seed in words": ({"seed": "lucky"}, "0 to 4294967295"),
    "no key": ({"key": ""}, "load the page again"),
}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("case", WRONG)
def test_bad_input_gets_a_message_and_is_not_lost(
    client: Client, scene: Scene, composed: dict[str, Any], case: str, headers: dict[str, str]
) -> None:
    changes, words = WRONG[case]
    response = client.post(url(scene), {**composed, **changes}, headers=headers)
    assert response.status_code == 422
    assert words in text(response)
    assert "prompt_text" in changes or "the fog lifts" in text(response)
    assert ("<html" in text(response)) == (not headers)
    assert not GenerationJob.objects.exists()


def test_every_wrong_field_is_told_at_once(client: Client, scene: Scene, composed: dict[str, Any]) -> None:
    page = text(client.post(url(scene), {**composed, "ratio": "1:1", "duration": "99", "seed": "-1"}))
    for field in ("ratio", "duration", "seed"):
        assert f'id="id_{field}-error"' in page


def test_a_press_makes_one_job_however_often(
    client: Client, scene: Scene, composed: dict[str, Any], redis_server: redis.Redis
) -> None:
    first = client.post(url(scene), composed, headers=HTMX)
    job = GenerationJob.objects.get()
    assert str(job.pk) in first["HX-Trigger"]
    assert 'id="composer-key"' in text(first)
    assert composed["key"] not in text(first)
    again = client.post(url(scene), composed)
    assert again["Location"] == url(scene)
    assert GenerationJob.objects.get() == job
    other = client.post(url(scene), {**composed, "duration": "6"})
    assert other.status_code == 409
    assert "Your last press was taken" in text(other)
    assert f'value="{composed["key"]}"' not in text(other)
    assert GenerationJob.objects.count() == 1


def test_line_breaks_count_once(
    client: Client, scene: Scene, composed: dict[str, Any], redis_server: redis.Redis
) -> None:
    client.post(url(scene), {**composed, "prompt_text": "a\r\nb"})
    assert GenerationJob.objects.get().parameters["promptText"] == "a\nb"


def test_the_composer_remembers_the_last_take(client: Client, scene: Scene, composed: dict[str, Any]) -> None:
    add_picture(scene, "newer.jpg")
    image = Asset.objects.get(pk=composed["image"])
    parameters = {"promptText": "as before", "ratio": "960:960", "duration": 8}
    add_job(scene, Status.FAILED, model="gen4.5", parameters=parameters, prompt_image=image)
    page = text(client.get(url(scene)))
    assert "as before</textarea>" in page
    assert "96 credits" in page
    for value in ("gen4.5", "960:960", "8"):
        assert re.search(rf'value="{value}"\s+checked', page)
    assert re.search(rf'value="{image.pk}" data-poster="[^"]+" checked', page)


def test_without_the_queue_nothing_is_made_and_pages_work(
    client: Client, scene: Scene, composed: dict[str, Any], settings: Settings
) -> None:
    settings.RQ_QUEUES = {name: {**queue, "URL": "redis://127.0.0.1:1/0"} for name, queue in settings.RQ_QUEUES.items()}
    response = client.post(url(scene), composed)
    assert response.status_code == 503
    assert "The queue is away" in text(response)
    assert "the fog lifts" in text(response)
    assert not GenerationJob.objects.exists()
    assert {client.get(path).status_code for path in [*GENERAL, url(scene)]} == {200}
