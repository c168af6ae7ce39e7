"""The composer: what is refused and kept, and that one press is one job."""

from __future__ import annotations

import json
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from generation.forms.builder import Look, build_controls
from generation.forms.composer_fields import accepted_values, composer_fields, read_prompt_image, write_composer
from generation.forms.reader import read_parameters
from generation.models import GenerationJob, RunwayState
from generation.models.status import Status
from generation.money import budget_settings
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Asset, Scene
from tests.db.pages.makers import GENERAL, HTMX, add_job, add_picture, text, url

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
    "no picture": ({"image": ""}, "Choose a picture"),
    "picture of nobody": ({"image": str(uuid.uuid4())}, "no longer in this scene"),
    "picture that is no id": ({"image": "../../x"}, "no longer in this scene"),
    "no prompt": ({"prompt_text": ""}, "Write a prompt"),
    "blank prompt": ({"prompt_text": " \r\n "}, "Write a prompt"),
    "long prompt": ({"prompt_text": "🎬" * 501}, "1002"),
    "no such model": ({"model": "gen9"}, "gen4_turbo, gen4.5"),
    "wrong ratio": ({"ratio": "16:9"}, "1280:720"),
    "wrong duration": ({"duration": "11"}, "2, 3, 4"),
    "duration in words": ({"duration": "five"}, "whole number of seconds"),
    "seed too large": ({"seed": "4294967296"}, "0 to 4294967295"),
    "seed in words": ({"seed": "lucky"}, "0 to 4294967295"),
    "no key": ({"key": ""}, "Reload the page"),
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
    assert "Your last press was accepted" in text(other)
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
    add_job(scene, Status.FAILED, model="gen4.5", parameters=parameters, first_frame=image)
    page = text(client.get(url(scene)))
    assert "as before</textarea>" in page
    assert "96 credits" in page
    for value in ("gen4.5", "960:960", "8"):
        assert re.search(rf'value="{value}"[^>]*\schecked', page)
    assert re.search(rf'value="{image.pk}" data-poster="[^"]+" checked', page)


def test_without_the_queue_nothing_is_made_and_pages_work(
    client: Client, scene: Scene, composed: dict[str, Any], settings: Settings
) -> None:
    settings.RQ_QUEUES = {name: {**queue, "URL": "redis://127.0.0.1:1/0"} for name, queue in settings.RQ_QUEUES.items()}
    response = client.post(url(scene), composed)
    assert response.status_code == 503
    assert "The queue is not available" in text(response)
    assert "the fog lifts" in text(response)
    assert not GenerationJob.objects.exists()
    assert {client.get(path).status_code for path in [*GENERAL, url(scene)]} == {200}


def test_several_takes_by_one_press_are_all_made_or_none(
    client: Client, owner: User, scene: Scene, composed: dict[str, Any], redis_server: redis.Redis
) -> None:
    budget_settings.set_budget(owner, project=scene.project, username=None, period="total", credits=Decimal(60))
    several = {**composed, "takes": "3"}
    refused = client.post(url(scene), several, headers=HTMX)
    assert refused.status_code == 409
    assert "15 credits short" in text(refused)
    assert not GenerationJob.objects.exists()
    taken = client.post(url(scene), {**several, "takes": "2"}, headers=HTMX)
    assert [told["take"] for told in json.loads(taken["HX-Trigger"])["dailies:takes"]["jobs"]] == [1, 2]
    keys = GenerationJob.objects.order_by("take").values_list("idempotency_key", flat=True)
    assert list(keys) == [composed["key"], f"{composed['key']}-2"]
    client.post(url(scene), {**several, "takes": "2"}, headers=HTMX)
    assert GenerationJob.objects.count() == 2
    assert client.post(url(scene), {**composed, "takes": "5"}, headers=HTMX).status_code == 422


def test_the_form_has_what_the_model_takes_and_no_more(client: Client, scene: Scene) -> None:
    image = add_picture(scene)

    def fields(model: str, **given: str) -> str:
        return text(client.get(url(scene, "composer/"), {"model": model, "image": str(image.pk), **given}))

    turbo = fields("gen4_turbo", ratio="1584:672", duration="7")
    assert re.search(r'value="1584:672"[^>]*\schecked', turbo)
    assert "35 credits" in turbo
    assert 'name="last_image"' not in turbo
    assert 'name="audio"' not in turbo
    veo = fields("veo3.1", ratio="1584:672", duration="7", audio="false")
    # what it does not take gives way to its own
    assert re.search(r'value="1280:720"[^>]*\schecked', veo)
    assert re.search(r'name="duration" value="8"[^>]*\schecked', veo)
    assert "160 credits" in veo
    assert 'name="last_image"' in veo
    assert 'name="negativePrompt"' in veo
    assert "Price not known" in fields("kling_4")
    # a take with a seed may be paid for already
    assert "at most 25 credits" in fields("gen4_turbo", seed="7")
    assert "at most 25 credits" not in fields("gen4_turbo")
    assert "gen4_turbo" in fields("nonsense", ratio="<x>", duration="\x00", takes="many")


@pytest.mark.parametrize("model", catalog.models("image_to_video"), ids=lambda model: model.name)
def test_what_a_form_offers_by_itself_every_model_takes(scene: Scene, model: CatalogModel) -> None:
    image = add_picture(scene)
    fields = composer_fields(model)
    values = {control.name: control.value for control in build_controls(fields, {}, [], Look.COMPOSER)}
    parameters = {
        "promptText": "the fog lifts",
        **read_prompt_image(model, image, None),
        **read_parameters(fields, values),
    }
    assert model.check(parameters) == []
    form = write_composer(model, parameters)
    assert accepted_values(model, form) == form


def test_a_last_frame_goes_where_the_model_has_one(
    client: Client, scene: Scene, composed: dict[str, Any], redis_server: redis.Redis
) -> None:
    last = str(add_picture(scene, "last.jpg").pk)
    client.post(url(scene), {**composed, "last_image": last})
    turbo = GenerationJob.objects.get()
    assert turbo.parameters["promptImage"] == f"asset:{composed['image']}"
    veo = {**composed, "model": "veo3.1", "duration": "8", "last_image": last, "audio": ["false", "true"], "key": "k"}
    assert client.post(url(scene), veo, headers=HTMX).status_code == 200
    job = GenerationJob.objects.get(model="veo3.1")
    assert [place["position"] for place in job.parameters["promptImage"]] == ["first", "last"]
    assert job.parameters["audio"] is True
    page = text(client.get(url(scene, f"composer/?from={job.take}")))
    assert re.search(rf'name="last_image" value="{last}"\s+checked', page)
    assert "sound on" in text(client.get(url(scene))).lower()


def test_shots_and_references_are_sent_and_come_back(
    client: Client, scene: Scene, composed: dict[str, Any], redis_server: redis.Redis
) -> None:
    other = add_picture(scene, "other.jpg").pk
    asked = {**composed, "model": "klingO3_pro", "ratio": "1920:1080", "duration": "5"}
    fields = text(client.post(url(scene), {**asked, "rows": "add:providerSettings.multiPrompt"}, headers=HTMX))
    assert fields.lstrip().startswith('<div class="settings"')
    assert 'name="providerSettings.multiPrompt.0.prompt"' in fields
    whole = text(client.post(url(scene), {**asked, "rows": "add:providerSettings.multiPrompt"}))
    assert "the fog lifts</textarea>" in whole
    shots = {"providerSettings.multiPrompt.3.prompt": "he turns", "providerSettings.multiPrompt.3.duration": "soon"}
    asked |= {**shots, f"references.asset:{other}": "on", f"references.asset:{other}.position": "last"}
    refused = client.post(url(scene), asked, headers=HTMX)
    assert refused.status_code == 422
    assert 'id="make-providerSettings.multiPrompt.0.duration-problem"' in text(refused)
    assert "he turns</textarea>" in text(refused)
    asked |= {"providerSettings.multiPrompt.3.duration": "5"}
    assert client.post(url(scene), asked, headers=HTMX).status_code == 200
    job = GenerationJob.objects.get()
    assert job.parameters["providerSettings"] == {"multiPrompt": [{"prompt": "he turns", "duration": 5}]}
    assert job.parameters["references"] == [{"uri": f"asset:{other}", "position": "last"}]
    again = text(client.get(url(scene, f"composer/?from={job.take}")))
    assert "he turns</textarea>" in again
    assert re.search(rf'name="references.asset:{other}" value="on" checked', again)
    assert '<details class="more" open>' in again


def test_a_take_may_be_made_from_more_pictures(
    client: Client, scene: Scene, composed: dict[str, Any], redis_server: redis.Redis
) -> None:
    other = add_picture(scene, "other.jpg").pk
    asked = {**composed, "model": "kling_4", "ratio": "auto_720p", f"promptImage.asset:{other}": "on"}
    response = client.post(url(scene), asked, headers=HTMX)
    assert response.status_code == 200, text(response)
    uris = [each["uri"] for each in GenerationJob.objects.get().parameters["promptImage"]]
    assert uris == [f"asset:{composed['image']}", f"asset:{other}"]


def test_earlier_settings_come_back(client: Client, scene: Scene) -> None:
    add_picture(scene)
    add_job(scene, model="gen4.5", parameters={"promptText": "first", "ratio": "960:960", "duration": 8, "seed": 7})
    add_job(scene, parameters={"promptText": "second", "ratio": "1280:720", "duration": 5, "seed": 909})
    page = text(client.get(url(scene, "composer/?from=1")))
    assert "first</textarea>" in page
    assert 'value="7"' in page
    assert "gen4.5</strong><small" in page
    now = text(client.get(url(scene)))
    # a seed is not carried on: the next take would be the last one again
    assert "second</textarea>" in now
    assert 'value="909"' not in now
    assert "first</textarea>" in text(client.get(url(scene, "?from=1")))
    assert client.get(url(scene, "composer/?from=99")).status_code == 200


def test_the_button_says_the_balance_after_it(client: Client, scene: Scene) -> None:
    add_picture(scene)
    assert "$0.25" in text(client.get(url(scene)))
    organization = {"creditBalance": 100}
    RunwayState.objects.update_or_create(
        pk=1, defaults={"organization": organization, "organization_at": timezone.now()}
    )
    assert "leaves 75" in text(client.get(url(scene)))
    add_job(scene, Status.QUEUED)
    add_job(scene, Status.PENDING, runway_task_id="t", submitted_at=timezone.now())
    assert "leaves 25" in text(client.get(url(scene)))
    add_job(scene, Status.QUEUED, credits_estimated=30)
    assert "5 are missing, so it will wait" in text(client.get(url(scene)))


def test_a_budget_that_is_used_up_is_said_before_the_press(client: Client, owner: User, scene: Scene) -> None:
    add_picture(scene)
    budget_settings.set_budget(owner, project=scene.project, username=None, period="total", credits=Decimal(20))
    assert 'data-refusal="You are 5 credits short' in text(client.get(url(scene)))
