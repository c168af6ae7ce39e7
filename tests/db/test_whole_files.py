"""One judgment of whole files, for uploads, data URIs and files that people put into a folder."""

from __future__ import annotations

import base64
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from generation import actions
from projects.mirror import scan
from projects.models import Scene
from projects.problems import Problem
from tests.db.test_projects_api import Caller, call
from tests.factories import make_project, make_scene, make_user
from tests.media import clip, picture, sound
from tests.media_parts import TRAILERS, id3_tag, phone_trailer, two_pictures, wave_with_size

__all__ = ["call"]

WHOLE: dict[str, Callable[[], bytes]] = {
    "images/two pictures.jpg": lambda: two_pictures(640, 480),
    "images/no end.jpg": lambda: picture()[:-2] + phone_trailer(),
    "audio/from a pipe.wav": lambda: wave_with_size(sound(), 0xFFFFFFFF),
    "audio/tagged.flac": lambda: id3_tag() + sound("flac", "flac"),
    "videos/trailer.mp4": lambda: clip(options={"movflags": "faststart"}) + TRAILERS["text"],
}
CUT: dict[str, Callable[[], bytes]] = {
    "images/cut.jpg": lambda: picture(200, 150)[:-300] + phone_trailer(),
    "audio/cut.wav": lambda: sound()[:4000],
    "videos/cut.mp4": lambda: clip(options={"movflags": "faststart"}, unique=False)[:-60] + TRAILERS["text"],
}


@pytest.mark.django_db
def test_files_put_there_by_hand() -> None:
    scene = make_scene()
    for name, content in (WHOLE | CUT).items():
        (scene.path / name).write_bytes(content())
    result = scan.scan_folders(scene)
    assert {asset.relative_path.partition("/")[2] for asset in result.added} == set(WHOLE)
    assert len(result.refused) == len(CUT)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*WHOLE, *CUT])
def test_uploads(call: Caller, name: str) -> None:
    scene, is_whole = make_scene(make_project(call.user, "Film")), name in WHOLE
    content = (WHOLE | CUT)[name]()
    answer = call.upload(scene, Path(name).name, content, 201 if is_whole else 422)
    if not is_whole:
        assert answer["code"] == "damaged_media"
        return
    stored = scene.assets.get()
    assert stored.path.read_bytes() == content
    poster = call.client.get(f"/api/projects/film/folders/scene-1/assets/{stored.pk}/poster")
    assert poster.status_code == (404 if stored.kind == "audio" else 200)


@pytest.mark.django_db
def test_a_video_of_an_unknown_codec(call: Caller) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    answer = call.upload(scene, "a.mp4", clip().replace(b"avc1", b"zzzz"), 415)
    assert answer["code"] == "unsupported_media"
    assert "codec" in answer["message"]


@pytest.mark.django_db
def test_an_anamorphic_video(call: Caller) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    video = call.upload(scene, "a.mp4", clip(1440, 1080, frames=2, pixel_shape=Fraction(4, 3)))
    assert (video["width"], video["height"]) == (1920, 1080)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in (*WHOLE, *CUT) if name.startswith("images/")])
def test_data_uris(name: str) -> None:
    owner = make_user()
    scene, content = make_scene(make_project(owner)), (WHOLE | CUT)[name]()
    uri = f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"
    parameters = {"promptText": "rain", "promptImage": uri, "ratio": "1280:720", "duration": 5}
    if name in WHOLE:
        create(scene, owner, parameters)
        assert scene.assets.get().path.read_bytes() == content
    else:
        with pytest.raises(Problem, match="damaged or cut off"):
            create(scene, owner, parameters)
        assert not scene.assets.exists()


def create(scene: Scene, owner: User, parameters: dict[str, object]) -> None:
    actions.create_job(owner, scene, kind="image_to_video", model="gen4_turbo", parameters=parameters)
