"""Prices on pages: where an estimate comes from, and the limit that a page asks for where there is none."""

from __future__ import annotations

import json
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from generation.models import GenerationJob
from generation.money import budget_settings
from projects.models import Asset, Scene
from tests.db.pages.makers import HTMX, add_picture, text, url
from tests.db.test_prices import UNKNOWN, end

pytestmark = pytest.mark.django_db

FIELD = 'name="max_credits"'


@pytest.fixture(autouse=True)
def live(settings: Settings) -> None:
    settings.RUNWAY_IS_SIMULATOR = False


@pytest.fixture
def picture(scene: Scene) -> Asset:
    return add_picture(scene)


@pytest.fixture
def press(picture: Asset) -> dict[str, Any]:
    return {
        "image": str(picture.pk),
        "prompt_text": "the fog lifts",
        "model": UNKNOWN,
        "ratio": "1920:1080",
        "duration": "5",
        "key": str(uuid.uuid4()),
    }


@pytest.fixture
def budget(owner: User, scene: Scene) -> None:
    budget_settings.set_budget(owner, project=scene.project, username=None, period="total", credits=Decimal(1000))


def refusal(page: str) -> str:
    match = re.search(r'data-refusal="([^"]*)"', page.partition('id="sum"')[2])
    assert match is not None
    return match[1]


@pytest.mark.usefixtures("budget")
def test_the_composer_asks_for_a_limit_until_the_price_is_known(
    client: Client, scene: Scene, press: dict[str, Any]
) -> None:
    parts = text(client.get(url(scene, "composer/"), press))
    assert FIELD in parts
    assert "price unknown" in text(client.get(url(scene)))
    assert "not known yet" in refusal(parts)
    refused = client.post(url(scene), press, headers=HTMX)
    assert (refused.status_code, GenerationJob.objects.count()) == (422, 0)
    limited = press | {"max_credits": "300", "takes": "2"}
    parts = text(client.get(url(scene, "composer/"), limited))
    assert (refusal(parts), 'value="300"' in parts) == ("", True)
    assert "200 credits short" in refusal(text(client.get(url(scene, "composer/"), limited | {"takes": "4"})))
    assert client.post(url(scene), limited, headers=HTMX).status_code == 200
    assert [job.credits_ceiling for job in GenerationJob.objects.all()] == [300, 300]
    end(GenerationJob.objects.latest("take"), 85)
    parts = text(client.get(url(scene, "composer/"), press))
    assert FIELD not in parts
    assert "85 credits" in parts
    assert "Price confirmed by an earlier request." in parts
    assert "85 credits last time" in text(client.get(url(scene)))


def test_no_page_spends_an_unknown_amount_without_a_limit(client: Client, scene: Scene, press: dict[str, Any]) -> None:
    """Also where no budget is in force."""
    page = text(client.post(url(scene), press, headers=HTMX))
    assert "The price is not known. Set the most that one take may cost." in page
    assert 'id="id_max_credits-error"' in page
    rows = json.dumps([{"scene": "scene-1", "promptText": "fog", "model": UNKNOWN, "ratio": "1920:1080"}])
    batch = client.post(f"/projects/{scene.project.slug}/batches/", {"rows": rows, "name": "Fog", "key": "k"})
    assert "The price is not known. Set the most that one take may cost." in text(batch)
    form = {"kind": "text_to_image", "model": "nano_banana_2.1", "promptText": "fog", "ratio": "1024:1024", "key": "k"}
    assert "The price is not known." in text(client.post(url(scene, "make/"), form, headers=HTMX))
    assert GenerationJob.objects.count() == 0


@pytest.mark.parametrize("typed", ["lots", "0", "1.005"])
def test_a_wrong_limit_is_told_at_its_field(client: Client, scene: Scene, press: dict[str, Any], typed: str) -> None:
    page = text(client.post(url(scene), press | {"max_credits": typed}, headers=HTMX))
    assert "maxCredits must be a number of credits" in page
    assert f'value="{typed}"' in page
    assert 'id="id_max_credits-error"' in page
    assert GenerationJob.objects.count() == 0
    assert client.get(url(scene, "composer/"), press | {"max_credits": typed}).status_code == 200


@pytest.mark.usefixtures("budget")
def test_make_asks_for_a_limit(client: Client, scene: Scene) -> None:
    form = {"kind": "text_to_image", "model": "nano_banana_2.1", "promptText": "fog", "ratio": "1024:1024", "key": "k"}
    assert FIELD in text(client.post(url(scene, "make/price/"), form))
    page = text(client.post(url(scene, "make/"), form | {"max_credits": "abc"}, headers=HTMX))
    assert "maxCredits must be a number" in page
    assert 'value="abc"' in page
    assert "Set the most that one take may cost" in text(client.post(url(scene, "make/"), form, headers=HTMX))
    client.post(url(scene, "make/"), form | {"max_credits": "50"}, headers=HTMX)
    job = GenerationJob.objects.get()
    assert job.credits_ceiling == 50
    end(job, 12)
    foot = text(client.post(url(scene, "make/price/"), form))
    assert ("12 credits" in foot, "price confirmed by an earlier request" in foot, FIELD in foot) == (
        True,
        True,
        False,
    )


@pytest.mark.usefixtures("budget")
def test_a_batch_asks_for_a_limit(client: Client, scene: Scene, picture: Asset) -> None:
    address = f"/projects/{scene.project.slug}/batches/"
    shots = f"scene,prompt,model,ratio\nscene-1,fog,{UNKNOWN},1920:1080"
    preview = text(client.post(f"{address}new/", {"way": "list", "text": shots}))
    assert FIELD in preview
    rows = json.dumps([{"scene": "scene-1", "promptText": "fog", "model": UNKNOWN, "ratio": "1920:1080"}])
    form = {"rows": rows, "name": "Fog", "key": "k"}
    for typed, status, message in (("", 422, "Set the most that one take may cost"), ("x", 422, "must be a number")):
        answer = client.post(address, form | {"max_credits": typed})
        assert (answer.status_code, message in text(answer)) == (status, True)
    assert 'value="x"' in text(answer)
    assert client.post(address, form | {"max_credits": "300"}).status_code == 302
    assert GenerationJob.objects.get().credits_ceiling == 300


@pytest.mark.usefixtures("budget")
def test_scenes_without_a_take_ask_for_a_limit(
    client: Client, owner: User, scene: Scene, press: dict[str, Any]
) -> None:
    client.post(url(scene), press | {"max_credits": "300"})
    GenerationJob.objects.get().move_to("cancelled")  # type: ignore[arg-type]
    address = f"/projects/{scene.project.slug}/missing/"
    sheet = text(client.get(address))
    assert FIELD in sheet
    names = re.findall(r'name="(form-[\w-]+)" value="([^"]*)"', sheet)
    form = {**dict(names), "form-0-wanted": "on", "form-0-prompt_text": "fog"}
    assert "Set the most that one take may cost" in text(client.post(address, form))
    assert "must be a number" in text(client.post(address, form | {"max_credits": "x"}))
    assert client.post(address, form | {"max_credits": "200"}).status_code == 302
    assert GenerationJob.objects.latest("take").credits_ceiling == 200
