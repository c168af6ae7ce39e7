"""The composer's list of models: stars, speed from this studio's own takes, marks, and shapes in two parts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from generation.actions.favorite_models import favorite_models, star_model
from generation.forms import ratios
from generation.models.status import Status
from generation.pages.composer import Composer
from generation.pages.model_picker import ModelChoice
from generation.runway import catalog
from projects.models import Scene
from projects.problems import Problem
from tests.factories import make_job

pytestmark = pytest.mark.django_db


def choice(scene: Scene, owner: User, name: str) -> ModelChoice:
    groups = Composer(scene, owner).model_groups
    return next(model for group in groups for model in group.models if model.name == name)


def finish(scene: Scene, take: int, seconds: float, model: str = "gen4_turbo") -> None:
    now = timezone.now()
    sent = now - timedelta(seconds=seconds)
    parameters = {"promptText": "Pan.", "duration": 5}
    make_job(scene, take=take, status=Status.COMPLETED, parameters=parameters,
             submitted_at=sent, running_at=sent, finished_at=now, model=model)  # fmt: skip


def test_stars_are_of_one_person_and_come_first(client: Client, scene: Scene, owner: User) -> None:
    address = "/models/star/"
    assert client.post(address, {"model": "veo3.1", "starred": "1"}, headers={"HX-Request": "true"}).status_code == 204
    assert client.post(address, {"model": "veo3.1", "starred": "1"}).status_code == 302
    groups = Composer(scene, owner).model_groups
    assert (groups[0].name, [model.name for model in groups[0].models]) == ("Favorites", ["veo3.1"])
    assert choice(scene, owner, "veo3.1").is_starred
    assert favorite_models(User.objects.create(username="other")) == set()
    client.post(address, {"model": "veo3.1", "starred": "0"})
    assert favorite_models(owner) == set()


def test_only_models_of_the_catalog_have_stars(client: Client, owner: User) -> None:
    assert client.post("/models/star/", {"model": "veo99", "starred": "1"}).status_code == 404
    assert client.post("/models/star/", {}).status_code == 302
    with pytest.raises(Problem):
        star_model(owner, "", is_starred=True)


def test_the_speed_is_the_median_of_this_studios_takes(scene: Scene, owner: User) -> None:
    assert choice(scene, owner, "gen4_turbo").speed == ""
    for take, seconds in enumerate((20, 30, 500), 1):
        finish(scene, take, seconds)
        shown = choice(scene, owner, "gen4_turbo").speed
    assert shown == "about 30 s"
    for take in (4, 5, 6):
        finish(scene, take, 240, model="gen4.5")
    assert choice(scene, owner, "gen4.5").speed == "about 4 min"
    # a reused take was never at Runway
    make_job(scene, take=7, status=Status.COMPLETED, model="veo3.1", finished_at=timezone.now())
    assert choice(scene, owner, "veo3.1").speed == ""


def test_marks_tell_what_a_model_takes(scene: Scene, owner: User) -> None:
    words = [word for _, word in choice(scene, owner, "veo3.1").marks]
    assert {"last frame", "sound", "seed", "negative prompt"} <= set(words)
    assert "references" in choice(scene, owner, "klingO3_pro").features


def test_the_price_is_there_for_the_script(client: Client, scene: Scene) -> None:
    page = client.get(f"/projects/{scene.project.slug}/{scene.folder_name}/").content.decode()
    assert re.search(r'id="sum"[^>]*data-credits="\d', page)


@pytest.mark.parametrize("model", catalog.models("image_to_video"), ids=lambda model: model.name)
def test_every_ratio_has_one_shape(model: catalog.CatalogModel) -> None:
    shapes = ratios.shapes(model.ratios)
    if shapes is None:
        return
    pairs = {(aspect, name): value for aspect, same in shapes.by_aspect.items() for name, value in same.items()}
    assert sorted(pairs.values()) == sorted(model.ratios)
    assert all(shapes.parts_of(value) == pair for pair, value in pairs.items())


def test_shapes() -> None:
    veo = ratios.shapes(("1280:720", "720:1280", "1080:1920", "1920:1080"))
    assert veo
    assert veo.by_aspect["9:16"] == {"720p": "720:1280", "1080p": "1080:1920"}
    assert veo.parts_of("1:2") == ("", "")
    # nothing to take apart, or not the same for each
    assert ratios.shapes(("1280:720", "720:1280")) is None
    assert ratios.shapes(("1280:720", "1920:1080", "720:1280")) is None
    assert ratios.shapes(("adaptive", "16:9")) is None
    assert ratios.shapes(("auto_480p", "auto_720p")) is None
    assert ratios.shapes(()) is None
