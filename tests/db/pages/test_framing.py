"""The crop of a first frame is a picture of its scene: stored once, and sent as it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from PIL import Image

from generation.actions.fit_picture import fit_picture
from generation.actions.without_take import find_scenes_without_take
from generation.models import GenerationJob
from generation.pages import without_take
from generation.runway import catalog
from projects import actions
from projects.models import Asset, Scene
from tests import factories
from tests.db.pages.test_without_take import sheet_data
from tests.media import clip, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def image(scene: Scene) -> Asset:
    return actions.store_upload(scene, "quay.jpg", [picture(400, 200)])


def press(client: Client, asset: Asset, **changes: str) -> Any:
    address = f"/projects/{asset.scene.project.slug}/{asset.scene.folder_name}/files/{asset.pk}/frame/"
    values = {"left": "0.25", "top": "0", "width": "0.5", "ratio": "720:720"} | changes
    return client.post(address, values, headers={"HX-Request": "true"})


def test_the_crop_is_a_picture_of_its_own(client: Client, image: Asset) -> None:
    answer = press(client, image)
    assert answer.status_code == 200
    kept = Asset.objects.exclude(pk=image.pk).get()
    assert f'data-picture="{kept.pk}"' in answer.content.decode()
    assert (kept.width, kept.height, kept.file_name) == (200, 200, "quay-720x720.jpg")
    with Image.open(kept.path) as shown:
        assert shown.size == (200, 200)
    press(client, image)
    assert Asset.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("ratio", "auto"), ("ratio", "1:0"), ("ratio", "1000:1"), ("width", "nan"), ("width", "0"), ("width", "11"),
        ("left", "1"), ("left", "-0.5"), ("top", "x"), ("top", "-3"), ("left", "1e309"), ("top", ""),
    ],
)  # fmt: skip
def test_what_shows_nothing_is_refused(client: Client, image: Asset, field: str, text: str) -> None:
    assert press(client, image, **{field: text}).status_code == 422
    assert Asset.objects.count() == 1


def test_only_pictures_are_cropped(client: Client, scene: Scene, image: Asset) -> None:
    assert press(client, actions.store_upload(scene, "a.mp4", [clip()])).status_code == 409
    image.path.unlink()
    assert press(client, image).status_code == 404


def wide(scene: Scene) -> Asset:
    return actions.store_upload(scene, "cinemascope.jpg", [picture(956, 400)])


@pytest.mark.parametrize(
    ("model", "ratio", "sides"),
    [("veo3.1", "1280:720", (16, 9)), ("veo3.1", "720:1280", (9, 16)), ("gen4.5", "1584:672", (199, 100))],
)
def test_a_picture_that_runway_refuses_is_cropped(scene: Scene, model: str, ratio: str, sides: tuple[int, int]) -> None:
    found = catalog.find("image_to_video", model)
    assert found is not None
    asset = wide(scene)
    cropped = fit_picture(found, ratio, asset)
    assert cropped.width is not None
    assert cropped.height is not None
    assert cropped.width / cropped.height == pytest.approx(sides[0] / sides[1], rel=0.01)
    assert fit_picture(found, ratio, asset) == cropped
    assert fit_picture(found, ratio, cropped) == cropped


def test_generate_sends_the_crop_that_was_drawn(client: Client, scene: Scene) -> None:
    asset = wide(scene)
    page = f"/projects/{scene.project.slug}/{scene.folder_name}/"
    assert 'data-aspects="0.5 2.358"' in client.get(page).content.decode()
    values = {"model": "gen4.5", "ratio": "1280:720", "duration": "5", "prompt_text": "waves", "takes": "1"}
    answer = client.post(page, values | {"image": str(asset.pk), "key": "k"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.content
    frame = GenerationJob.objects.get().first_frame
    assert frame is not None
    assert (frame.file_name, frame.height) == ("cinemascope-1280x720.jpg", 400)


def test_a_batch_is_made_of_the_crops_that_its_preview_shows(client: Client, scene: Scene) -> None:
    wide(scene)
    page = f"/projects/{scene.project.slug}/batches/new/"
    text = "scene,model,prompt,ratio\nscene-1,gen4.5,waves,1280:720"
    preview = client.post(page, {"way": "list", "text": text}).content.decode()
    assert "cinemascope-1280x720.jpg" in preview


def test_one_bad_picture_does_not_block_the_other_scenes(
    client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(without_take, "fit_picture", lambda model, ratio, picture: picture)
    wide(scene)
    other = factories.make_scene(scene.project, "Quay")
    actions.store_upload(other, "quay.jpg", [picture(640, 360)])
    page = f"/projects/{scene.project.slug}/missing/"
    data = sheet_data(find_scenes_without_take(scene.project), model="veo3.1", ratio="1280:720", duration=4)
    answer = client.post(page, data, follow=True).content.decode()
    assert "Not requested: cinemascope.jpg cannot be used: width / height must be" in answer
    assert "1 take queued" in answer
    assert "asset:" not in answer
    assert [job.scene for job in GenerationJob.objects.all()] == [other]
