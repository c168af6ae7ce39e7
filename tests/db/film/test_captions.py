"""Captions of a cut: from files, as files, and from what its voices say."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from film.actions.captions import MAX_CHARACTERS, split_text
from projects import actions
from projects.models import Asset, Membership, Project
from tests.db.film.test_cut_api import Cut
from tests.db.test_projects_api import Caller
from tests.factories import make_job, make_project, make_scene
from tests.media import sound

pytestmark = pytest.mark.django_db

SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\nAll aboard.\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nNow.\r\n"


@pytest.fixture
def project() -> Project:
    return make_project(name="Night train")


@pytest.fixture
def cut(project: Project) -> Cut:
    return Cut(project, Caller(Membership.objects.get(project=project).user))


def upload(cut: Cut, content: bytes, status: int = 200, **fields: Any) -> Any:
    file = SimpleUploadedFile("captions.srt", content)
    response = cut.caller.client.post(f"/api{cut.address}/captions", {"file": file, **fields})
    assert response.status_code == status, response.content
    return response.json()


def test_a_file_replaces_the_captions_and_comes_back(project: Project, cut: Cut) -> None:
    make_scene(project)
    body = upload(cut, SRT.encode())["data"]
    assert body["captions"] == [
        {"start": 24, "end": 60, "text": "All aboard."},
        {"start": 72, "end": 96, "text": "Now."},
    ]
    # the clips of the automatic cut go on following their scenes
    assert [clip["sceneId"] for clip in body["clips"]] == ["scene-1"]
    response = cut.caller.client.get(f"/api{cut.address}/captions?format=vtt")
    assert response["Content-Type"] == "text/vtt; charset=utf-8"
    assert upload(cut, response.content)["data"]["captions"] == body["captions"]


def test_a_wrong_file_says_which_line_and_changes_nothing(cut: Cut) -> None:
    wrong = SRT.replace("00:00:04,000", "00:00:02,000").encode()
    assert upload(cut, wrong, 422)["message"].startswith("The caption in line 6 ends at")
    assert upload(cut, SRT.encode(), 409, version=99)["code"] == "cut_changed"
    assert cut.get()["captions"] == []


def test_the_lines_of_voices_become_captions_at_their_places(project: Project, cut: Cut) -> None:
    scene = make_scene(project)
    assert cut.post("captions/from-speech", status=409)["code"] == "no_speech"
    voice = actions.store_upload(scene, "line.wav", [sound(seconds=4)])
    Asset.objects.filter(pk=voice.pk).update(source="generated")
    line = "The train is late tonight, and nobody on the platform knows why. Only the old conductor does."
    make_job(scene, asset=voice, kind="text_to_speech", parameters={"promptText": line}, status="completed")
    body = cut.get()
    body["sounds"] = [{"lane": "voice", "assetId": str(voice.pk), "start": 24, "in": 0, "out": 96}]
    cut.put(body)
    captions = cut.post("captions/from-speech")["captions"]
    assert " ".join(caption["text"] for caption in captions) == line
    assert [caption["text"] for caption in captions][1] == "Only the old conductor does."
    assert captions[0]["start"] == 24
    assert captions[0]["end"] == captions[1]["start"]
    assert captions[-1]["end"] == 120


@pytest.mark.parametrize("text", ["", "One.", "word " * 60, "x" * 300, "A sentence of some length. " * 9])
def test_parts_of_a_text_are_short_and_lose_nothing(text: str) -> None:
    parts = list(split_text(text))
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(0 < len(part) <= MAX_CHARACTERS for part in parts)
