"""Uploads in parts: they go on after a cut, are bounded, and end as any other upload."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from projects import actions
from projects.access.tokens import create_token
from projects.actions import uploads
from projects.disk.layout import UPLOADS
from projects.models import Asset, Scene, Upload
from projects.problems import Problem
from tests.factories import make_project, make_scene, make_user, owner_of
from tests.media import picture, sound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene() -> Scene:
    return make_scene(make_project(make_user(), "Film"))


@pytest.fixture
def user(scene: Scene) -> User:
    return owner_of(scene.project)


def parts() -> list[Path]:
    return [*(Path(settings.PROJECTS_ROOT) / UPLOADS).glob("*.part")]


class Caller:
    """A program with a token."""

    def __init__(self, scene: Scene, user: User) -> None:
        self.client = Client(headers={"authorization": f"Bearer {create_token(user, 'test')[1]}"})
        self.address = f"/api/projects/{scene.project.slug}/folders/{scene.folder_name}/uploads"

    def begin(self, **body: Any) -> Any:
        return self.client.post(self.address, json.dumps(body), content_type="application/json")

    def send(self, key: str, offset: int, content: bytes) -> Any:
        address = f"{self.address}/{key}?offset={offset}"
        return self.client.patch(address, content, content_type="application/octet-stream")


@pytest.fixture
def call(scene: Scene, user: User) -> Caller:
    return Caller(scene, user)


def test_in_two_parts(call: Caller) -> None:
    content = picture()
    begun = call.begin(fileName="quay.jpg", bytes=len(content), kind="image")
    assert begun.status_code == 201
    key = begun.json()["data"]["id"]
    assert call.send(key, 0, content[:100]).json()["data"]["offset"] == 100
    state = call.client.get(f"{call.address}/{key}").json()["data"]
    assert (state["offset"], state["asset"]) == (100, None)
    done = call.send(key, 100, content[100:]).json()["data"]
    assert (done["offset"], done["asset"]["fileName"]) == (len(content), "quay.jpg")
    assert Asset.objects.get().path.read_bytes() == content
    assert not parts()
    # the answer was lost: the part comes again, and nothing is stored twice
    assert call.send(key, 100, content[100:]).json()["data"]["asset"]["id"] == done["asset"]["id"]
    assert call.client.get(f"{call.address}/{key}").json()["data"]["asset"]["id"] == done["asset"]["id"]
    assert Asset.objects.count() == 1


def test_it_goes_on_where_it_was_cut(call: Caller) -> None:
    content = picture()
    body = {"fileName": "a.jpg", "bytes": len(content), "fingerprint": "a.jpg-1"}
    first = call.begin(**body).json()["data"]
    call.send(first["id"], 0, content[:50])
    again = call.begin(**body).json()["data"]
    assert (again["id"], again["offset"]) == (first["id"], 50)
    wrong = call.send(first["id"], 0, content[:50])
    assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_offset")
    assert "goes on at 50, not at 0" in wrong.json()["message"]
    assert call.send(first["id"], 50, content[50:]).json()["data"]["asset"]["fileName"] == "a.jpg"
    assert call.begin(**body).json()["data"]["id"] != first["id"]


def test_what_is_refused(call: Caller) -> None:
    assert call.begin(fileName="a.jpg", bytes=0).status_code == 422
    assert call.begin(fileName="a.jpg", bytes=-1).status_code == 422
    assert call.send("no-id", 0, b"x").status_code == 404
    assert call.begin(fileName="", bytes=5).status_code == 422
    assert call.begin(fileName="a.jpg", bytes=5, kind="film").status_code == 422
    assert call.begin(fileName="a.mp4", bytes=settings.MAX_VIDEO_BYTES + 1).status_code == 413
    key = call.begin(fileName="a.jpg", bytes=5).json()["data"]["id"]
    assert call.send(key, 0, b"123456").status_code == 413
    assert call.client.patch(f"{call.address}/{key}?offset=-1").status_code == 422
    assert call.client.patch(f"{call.address}/{key}").status_code == 422
    assert call.send(key, 0, b"x" * (uploads.MAX_PART_BYTES + 1)).status_code == 413
    refused = call.send(key, 0, b"words")
    assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_media")
    # what was refused for its content is dropped
    assert call.client.get(f"{call.address}/{key}").status_code == 404
    assert not parts()


def test_only_the_kind_that_was_wanted(call: Caller) -> None:
    content = sound("wav", "pcm_s16le")
    key = call.begin(fileName="a.jpg", bytes=len(content), kind="image").json()["data"]["id"]
    assert call.send(key, 0, content).status_code == 422
    assert not Asset.objects.exists()


def test_it_belongs_to_who_began_it(call: Caller, scene: Scene, user: User) -> None:
    key = call.begin(fileName="a.jpg", bytes=5).json()["data"]["id"]
    other = make_user()
    actions.add_member(user, scene.project, other.username, "editor")
    theirs = Caller(scene, other)
    assert theirs.send(key, 0, b"x").status_code == 404
    assert theirs.client.delete(f"{theirs.address}/{key}").status_code == 404
    assert call.client.delete(f"{call.address}/{key}").status_code == 200
    assert not Upload.objects.exists()


def test_what_a_person_may_have_begun_is_bounded(scene: Scene, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_OPEN", 2)
    monkeypatch.setattr(uploads, "MAX_OPEN_BYTES", 100)
    uploads.begin_upload(user, scene, "a.jpg", 60)
    with pytest.raises(Problem, match="too many uploads") as caught:
        uploads.begin_upload(user, scene, "b.jpg", 60)
    assert caught.value.status == 429
    uploads.begin_upload(user, scene, "b.jpg", 10)
    with pytest.raises(Problem, match="too many uploads"):
        uploads.begin_upload(user, scene, "c.jpg", 10)


def test_it_expires(scene: Scene, user: User) -> None:
    upload = uploads.begin_upload(user, scene, "a.jpg", 60)
    uploads.append(upload, 0, b"half")
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Problem, match="expired"):
        uploads.find_upload(user, scene, upload.pk)
    assert parts()
    uploads.remove_expired()
    assert not parts()
    assert not Upload.objects.exists()


def test_two_requests_at_once(scene: Scene, user: User) -> None:
    upload = uploads.begin_upload(user, scene, "a.jpg", 60)
    with uploads._part(upload).locked(), pytest.raises(Problem, match="Another request"):
        uploads.append(upload, 0, b"half")
    uploads.append(upload, 0, b"half")
    assert uploads.received(upload) == 4
