"""A picture that is converted: the original stays beside it, in the trash too, and a rebuild knows both."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from generation.engine import inputs
from generation.runway import catalog
from projects import actions
from projects.disk.layout import ORIGINALS
from projects.mirror import rebuild
from projects.mirror.scan import scan_folders
from projects.models import Asset, Project, Scene
from projects.problems import Problem
from tests.factories import make_project, make_scene, make_user
from tests.media import encode, noise

pytestmark = pytest.mark.django_db(transaction=True)
pillow_heif.register_heif_opener()


def heic(width: int = 64) -> bytes:
    return encode(noise(width, width * 9 // 16), "HEIF")


@pytest.fixture
def scene() -> Scene:
    return make_scene(make_project(make_user(), "Film"))


def originals(scene: Scene) -> Path:
    return scene.path / "images" / ORIGINALS


def entry(scene: Scene) -> dict[str, object]:
    stored = json.loads((scene.path / "metadata" / "scene.json").read_text())
    return dict(stored["assets"]["images"][0])


def test_an_upload(scene: Scene) -> None:
    content = heic()
    asset = actions.store_upload(scene, "IMG_0001.HEIC", [content[:100], content[100:]])
    assert (asset.file_name, asset.original_name, asset.mime_type) == ("IMG_0001.jpg", "IMG_0001.HEIC", "image/jpeg")
    with Image.open(asset.path) as image:
        assert (image.format, image.size) == ("JPEG", (64, 36))
    assert (originals(scene) / "IMG_0001.heic").read_bytes() == content
    assert entry(scene)["originalPath"] == "scene-1/images/originals/IMG_0001.heic"
    again = actions.store_upload(scene, "IMG_0001.HEIC", [content])
    assert (again.file_name, again.original_file) == ("IMG_0001-2.jpg", "IMG_0001-2.heic")
    assert not [*scene.path.rglob(".incoming-*")]


def test_nothing_is_kept_of_a_damaged_one(scene: Scene) -> None:
    with pytest.raises(Problem, match="damaged or cut off"):
        actions.store_upload(scene, "a.heic", [heic()[:-40]])
    assert not [path for path in (scene.path / "images").rglob("*") if path.is_file()]
    assert not Asset.objects.exists()


def test_a_field_that_wants_a_sound_refuses_it(scene: Scene) -> None:
    with pytest.raises(Problem, match="not a sound"):
        actions.store_upload(scene, "a.heic", [heic()], only="audio")


def test_both_go_to_the_trash_and_come_back(scene: Scene) -> None:
    content = heic()
    asset = actions.store_upload(scene, "a.heic", [content])
    actions.trash_asset(asset)
    assert not [*originals(scene).iterdir()]
    other = actions.store_upload(scene, "a.heic", [heic(80)])
    assert other.original_file == "a.heic"
    asset.refresh_from_db()
    actions.restore_asset(asset)
    asset.refresh_from_db()
    assert (asset.file_name, asset.original_file) == ("a-2.jpg", "a-2.heic")
    assert (originals(scene) / "a-2.heic").read_bytes() == content


def rebuilt(project: Project) -> Asset:
    project.delete()
    rebuild.rebuild(make_user())
    return Asset.objects.get()


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_rebuild_knows_the_original(scene: Scene, is_lost: bool) -> None:
    content = heic()
    before = actions.store_upload(scene, "IMG.HEIC", [content])
    if is_lost:
        (scene.path / "metadata" / "scene.json").unlink()
    after = rebuilt(scene.project)
    assert (after.original_file, after.original_sha256) == ("IMG.heic", before.original_sha256)
    assert after.original_path
    assert after.original_path.read_bytes() == content


def test_a_picture_put_into_the_folder_by_hand_is_told_how_to_come_in(scene: Scene) -> None:
    (scene.path / "images").mkdir(parents=True, exist_ok=True)
    (scene.path / "images" / "by-hand.heic").write_bytes(heic())
    result = scan_folders(scene)
    assert not result.added
    assert "HEIC pictures are converted during upload" in result.refused[0]


def test_originals_are_no_files_of_the_scene(scene: Scene) -> None:
    actions.store_upload(scene, "a.heic", [heic()])
    result = scan_folders(scene)
    assert (result.added, result.refused, result.missing) == ([], [], [])


def test_a_data_uri_is_stored_once(scene: Scene) -> None:
    model = catalog.find("image_to_video", "gen4_turbo")
    assert model
    uri = "data:image/heic;base64," + base64.b64encode(heic(640)).decode()
    parameters = {"promptImage": uri, "ratio": "1280:720", "promptText": "Pan."}
    first, second = (inputs.store(scene, model, parameters) for _ in range(2))
    assert first.parameters == second.parameters
    assert Asset.objects.count() == 1
