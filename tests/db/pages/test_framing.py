"""The crop of a first frame is a picture of its scene: stored once, and sent as it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from PIL import Image

from projects import actions
from projects.models import Asset, Scene
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
