"""The move of takes and pictures to another scene: the list of scenes, the move, and the API."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from projects import actions
from projects.models import Asset, Scene
from tests import factories, media
from tests.db.pages.makers import HTMX, text
from tests.db.quality.takes import finish, look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(scene: Scene) -> Scene:
    return factories.make_scene(scene.project, "Deck")


@pytest.fixture
def clip(scene: Scene, tmp_path: Path) -> Asset:
    path = tmp_path / "clip.mp4"
    path.write_bytes(media.clip(64, 36))
    clip = finish(scene, path).asset
    assert clip
    return clip


def address(asset: Asset) -> str:
    scene = Asset.objects.get(pk=asset.pk).scene
    return f"/projects/{scene.project.slug}/{scene.folder_name}/files/{asset.pk}/move/"


def test_the_list_has_the_other_scenes(client: Client, scene: Scene, other: Scene) -> None:
    listed = text(client.get(f"/projects/{scene.project.slug}/scene-list/?without=scene-1"))
    assert "Deck" in listed
    assert "Harbour" not in listed
    assert "Harbour" in text(client.get(f"/projects/{scene.project.slug}/scene-list/?without=nothing"))


def test_a_take_moves_and_comes_back(client: Client, scene: Scene, other: Scene, clip: Asset) -> None:
    actions.change_asset(clip, selected=True)
    response = client.post(address(clip), {"scene": "scene-2"}, headers=HTMX)
    message = json.loads(response["HX-Trigger"])["dailies:toast"]
    assert message["message"] == "Take 1 moved to “Deck” as take 1."
    assert look(clip.job).scene == other
    back = client.post(message["undo"], headers=HTMX)
    assert json.loads(back["HX-Trigger"])["dailies:toast"]["message"] == "Take 1 is back in “Harbour”."
    job = look(clip.job)
    assert (job.scene, job.take, job.asset and job.asset.selected) == (scene, 1, True)


def test_a_move_by_a_plain_form_and_one_that_is_refused(client: Client, scene: Scene, other: Scene) -> None:
    picture = actions.store_upload(scene, "a.jpg", [media.picture()])
    assert "a.jpg moved to “Deck”." in text(client.post(address(picture), {"scene": "scene-2"}, follow=True))
    assert client.post(address(picture), {"scene": "scene-2"}).status_code == 422
    assert client.post(address(picture), {"scene": ""}).status_code == 404


def test_the_api_moves_a_file(client: Client, scene: Scene, other: Scene, clip: Asset) -> None:
    path = f"/api/projects/{scene.project.slug}/folders/scene-1/assets/{clip.pk}/move"
    response = client.post(path, {"sceneId": "scene-2"}, content_type="application/json")
    assert response.json()["data"]["path"] == "scene-2/videos/take-001.mp4"
    assert client.post(path, {"sceneId": "scene-1"}, content_type="application/json").status_code == 404
