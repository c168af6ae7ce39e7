"""The composer: what it refuses and keeps, the settings of each model, and that one press makes one job."""

from __future__ import annotations

import json
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

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
from tests.fakes.queue import MemoryQueue

pytestmark = pytest.mark.django_db


@pytest.fixture
def form_data(scene: Scene) -> dict[str, Any]:
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
def test_invalid_input_gets_a_message_and_is_kept(
    client: Client, scene: Scene, form_data: dict[str, Any], case: str, headers: dict[str, str]
) -> None:
    changes, words = WRONG[case]
    response = client.post(url(scene), {**form_data, **changes}, headers=headers)
    assert response.status_code == 422
    assert words in text(response)
    assert "prompt_text" in changes or "the fog lifts" in text(response)
    assert ("<html" in text(response)) == (not headers)
    assert not GenerationJob.objects.exists()


def test_every_wrong_field_is_marked_at_once(client: Client, scene: Scene, form_data: dict[str, Any]) -> None:
    page = text(client.post(url(scene), {**form_data, "ratio": "1:1", "duration": "99", "seed": "-1"}))
    for field in ("ratio", "duration", "seed"):
        assert f'id="id_{field}-error"' in page


def test_repeated_presses_make_one_job(client: Client, scene: Scene, form_data: dict[str, Any]) -> None:
    first = client.post(url(scene), form_data, headers=HTMX)
    job = GenerationJob.objects.get()
    assert str(job.pk) in first["HX-Trigger"]
    assert 'id="composer-key"' in text(first)
    assert form_data["key"] not in text(first)
    again = client.post(url(scene), form_data)
    assert again["Location"] == url(scene)
    assert GenerationJob.objects.get() == job
    other = client.post(url(scene), {**form_data, "duration": "6"})
    assert other.status_code == 409
    assert "Your last request was accepted with other settings" in text(other)
    assert f'value="{form_data["key"]}"' not in text(other)
    assert GenerationJob.objects.count() == 1


def test_line_breaks_are_normalized(client: Client, scene: Scene, form_data: dict[str, Any]) -> None:
    client.post(url(scene), {**form_data, "prompt_text": "a\r\nb"})
    assert GenerationJob.objects.get().parameters["promptText"] == "a\nb"


def test_settings_default_to_those_of_the_last_take(client: Client, scene: Scene, form_data: dict[str, Any]) -> None:
    add_picture(scene, "newer.jpg")
    image = Asset.objects.get(pk=form_data["image"])
    parameters = {"promptText": "as before", "ratio": "960:960", "duration": 8}
    add_job(scene, Status.FAILED, model="gen4.5", parameters=parameters, first_frame=image)
    page = text(client.get(url(scene)))
    assert "as before</textarea>" in page
    assert "96 credits" in page
    for value in ("gen4.5", "960:960"):
        assert re.search(rf'value="{value}"[^>]*\schecked', page)
    assert re.search(r'name="duration" type="range"[^>]*\svalue="8"', page)
    assert re.search(rf'value="{image.pk}" data-poster="[^"]+" checked', page)


def test_without_redis_pages_work_and_generate_fails(
    client: Client, scene: Scene, form_data: dict[str, Any], queue: MemoryQueue
) -> None:
    queue.go_away()
    response = client.post(url(scene), form_data)
    assert response.status_code == 503
    assert "The queue is not available" in text(response)
    assert "the fog lifts" in text(response)
    assert not GenerationJob.objects.exists()
    assert {client.get(path).status_code for path in [*GENERAL, url(scene)]} == {200}


def test_several_takes_are_made_together_or_not_at_all(
    client: Client, owner: User, scene: Scene, form_data: dict[str, Any]
) -> None:
    budget_settings.set_budget(owner, project=scene.project, username=None, period="total", credits=Decimal(60))
    three_takes = {**form_data, "takes": "3"}
    refused = client.post(url(scene), three_takes, headers=HTMX)
    assert refused.status_code == 409
    assert "15 credits short" in text(refused)
    assert not GenerationJob.objects.exists()
    accepted = client.post(url(scene), {**three_takes, "takes": "2"}, headers=HTMX)
    assert [take["take"] for take in json.loads(accepted["HX-Trigger"])["dailies:takes"]["jobs"]] == [1, 2]
    keys = GenerationJob.objects.order_by("take").values_list("idempotency_key", flat=True)
    assert list(keys) == [form_data["key"], f"{form_data['key']}-2"]
    client.post(url(scene), {**three_takes, "takes": "2"}, headers=HTMX)
    assert GenerationJob.objects.count() == 2
    assert client.post(url(scene), {**form_data, "takes": "5"}, headers=HTMX).status_code == 422


def test_the_ratio_follows_another_picture(client: Client, scene: Scene) -> None:
    image = add_picture(scene)

    def ratio(chosen: str, width: int, height: int) -> str | None:
        type(image).objects.filter(pk=image.pk).update(width=width, height=height)
        values = {"model": "veo3.1", "image": str(image.pk), "ratio": chosen, "fit": "1"}
        found = re.search(r'value="(\d+:\d+)"[^>]*\sselected', text(client.get(url(scene, "composer/"), values)))
        return found and found[1]

    assert ratio("1280:720", 1080, 1920) == "1080:1920"
    # what is as close stays: the person has chosen the larger one
    assert ratio("1920:1080", 1280, 720) == "1920:1080"


def test_the_form_has_exactly_the_settings_of_the_model(client: Client, scene: Scene) -> None:
    image = add_picture(scene)

    def fields(model: str, **values: str) -> str:
        return text(client.get(url(scene, "composer/"), {"model": model, "image": str(image.pk), **values}))

    turbo = fields("gen4_turbo", ratio="1584:672", duration="7")
    assert re.search(r'value="1584:672"[^>]*\schecked', turbo)
    assert "35 credits" in turbo
    assert 'name="last_image"' not in turbo
    assert 'name="audio"' not in turbo
    veo = fields("veo3.1", ratio="1584:672", duration="7", audio="false")
    # values that the model does not accept become the nearest ones
    assert re.search(r'value="1280:720"[^>]*\sselected', veo)
    assert re.search(r'name="duration" value="6"[^>]*\schecked', veo)
    assert "120 credits" in veo
    assert 'name="last_image"' in veo
    assert 'name="negativePrompt"' in veo
    assert "Price not known" in fields("kling_4")
    # a take with a seed may have been paid for before
    assert "At most 25 credits" in fields("gen4_turbo", seed="7")
    assert "At most 25 credits" not in fields("gen4_turbo")
    assert "gen4_turbo" in fields("nonsense", ratio="<x>", duration="\x01", takes="many")


@pytest.mark.parametrize("model", catalog.models("image_to_video"), ids=lambda model: model.name)
def test_every_model_accepts_its_default_settings(scene: Scene, model: CatalogModel) -> None:
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


def test_a_last_frame_is_sent_only_to_models_that_accept_one(
    client: Client, scene: Scene, form_data: dict[str, Any]
) -> None:
    last = str(add_picture(scene, "last.jpg").pk)
    client.post(url(scene), {**form_data, "last_image": last})
    turbo = GenerationJob.objects.get()
    assert turbo.parameters["promptImage"] == f"asset:{form_data['image']}"
    veo = {**form_data, "model": "veo3.1", "duration": "8", "last_image": last, "audio": ["false", "true"], "key": "k"}
    assert client.post(url(scene), veo, headers=HTMX).status_code == 200
    job = GenerationJob.objects.get(model="veo3.1")
    assert [place["position"] for place in job.parameters["promptImage"]] == ["first", "last"]
    assert job.parameters["audio"] is True
    page = text(client.get(url(scene, f"composer/?from={job.take}")))
    assert re.search(rf'name="last_image" value="{last}" data-poster="[^"]+"\s+checked', page)
    assert "sound on" in text(client.get(url(scene))).lower()


def test_shots_and_references_are_sent_and_restored(client: Client, scene: Scene, form_data: dict[str, Any]) -> None:
    other = add_picture(scene, "other.jpg").pk
    data = {**form_data, "model": "klingO3_pro", "ratio": "1920:1080", "duration": "5", "max_credits": "500"}
    fields = text(client.post(url(scene), {**data, "rows": "add:providerSettings.multiPrompt"}, headers=HTMX))
    assert fields.lstrip().startswith('<div class="settings"')
    assert 'name="providerSettings.multiPrompt.0.prompt"' in fields
    whole = text(client.post(url(scene), {**data, "rows": "add:providerSettings.multiPrompt"}))
    assert "the fog lifts</textarea>" in whole
    shots = {"providerSettings.multiPrompt.3.prompt": "he turns", "providerSettings.multiPrompt.3.duration": "soon"}
    data |= {**shots, f"references.asset:{other}": "on", f"references.asset:{other}.position": "last"}
    refused = client.post(url(scene), data, headers=HTMX)
    assert refused.status_code == 422
    assert 'id="make-providerSettings.multiPrompt.0.duration-problem"' in text(refused)
    assert "he turns</textarea>" in text(refused)
    data |= {"providerSettings.multiPrompt.3.duration": "5"}
    assert client.post(url(scene), data, headers=HTMX).status_code == 200
    job = GenerationJob.objects.get()
    assert job.parameters["providerSettings"] == {"multiPrompt": [{"prompt": "he turns", "duration": 5}]}
    assert job.parameters["references"] == [{"uri": f"asset:{other}", "position": "last"}]
    again = text(client.get(url(scene, f"composer/?from={job.take}")))
    assert "he turns</textarea>" in again
    assert re.search(rf'name="references.asset:{other}" value="on" checked', again)
    assert '<details class="more" open>' in again


def test_a_take_from_several_pictures(client: Client, scene: Scene, form_data: dict[str, Any]) -> None:
    other = add_picture(scene, "other.jpg").pk
    data = {
        **form_data,
        "model": "kling_4",
        "ratio": "auto_720p",
        "max_credits": "500",
        f"promptImage.asset:{other}": "on",
    }
    response = client.post(url(scene), data, headers=HTMX)
    assert response.status_code == 200, text(response)
    uris = [each["uri"] for each in GenerationJob.objects.get().parameters["promptImage"]]
    assert uris == [f"asset:{form_data['image']}", f"asset:{other}"]


def test_settings_of_an_earlier_take_can_be_restored(client: Client, scene: Scene) -> None:
    add_picture(scene)
    add_job(scene, model="gen4.5", parameters={"promptText": "first", "ratio": "960:960", "duration": 8, "seed": 7})
    add_job(scene, parameters={"promptText": "second", "ratio": "1280:720", "duration": 5, "seed": 909})
    page = text(client.get(url(scene, "composer/?from=1")))
    assert "first</textarea>" in page
    assert 'value="7"' in page
    assert 'id="picked-name">Gen-4.5<' in page
    now = text(client.get(url(scene)))
    # the seed is not kept: with it the next take would be the same as the last
    assert "second</textarea>" in now
    assert 'value="909"' not in now
    assert "first</textarea>" in text(client.get(url(scene, "?from=1")))
    assert client.get(url(scene, "composer/?from=99")).status_code == 200


def test_the_button_shows_the_balance_after_the_press(client: Client, scene: Scene, settings: Any) -> None:
    add_picture(scene)
    page = text(client.get(url(scene)))
    assert "· simulated" in page
    assert "$0.25" not in page
    settings.RUNWAY_IS_SIMULATOR = False
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
    assert "5 short, so it will wait" in text(client.get(url(scene)))


def test_an_exceeded_budget_is_shown_before_the_press(client: Client, owner: User, scene: Scene) -> None:
    add_picture(scene)
    budget_settings.set_budget(owner, project=scene.project, username=None, period="total", credits=Decimal(20))
    assert 'data-refusal="You are 5 credits short' in text(client.get(url(scene)))


def test_the_shape_follows_the_first_frame(client: Client, scene: Scene) -> None:
    tall = add_picture(scene, "tall.jpg")
    Asset.objects.filter(pk=tall.pk).update(width=1080, height=1920)
    assert re.search(r'value="720:1280"[^>]*\schecked', text(client.get(url(scene))))
    wide = add_picture(scene, "wide.jpg")
    Asset.objects.filter(pk=wide.pk).update(width=2100, height=900)
    query = {"model": "gen4_turbo", "image": str(wide.pk), "ratio": "720:1280"}
    parts = text(client.get(url(scene, "composer/"), query))
    assert re.search(r'value="720:1280"[^>]*\schecked', parts)
    parts = text(client.get(url(scene, "composer/"), {**query, "fit": "1"}))
    assert re.search(r'value="1584:672"[^>]*\schecked', parts)
