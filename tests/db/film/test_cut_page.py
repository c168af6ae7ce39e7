"""The page of a cut, and the data that it works with."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from film.actions.cuts import save_cut
from film.document.cut import Clip, Cut
from film.timelines import UNTOUCHED_VERSION
from projects import actions
from projects.models import Asset, Project, Scene
from tests.factories import make_job, make_project, make_scene, owner_of
from tests.media import clip, picture, sound

pytestmark = pytest.mark.django_db
EMBEDDED = re.compile(r'<script id="cut-data" type="application/json">(.*?)</script>', re.DOTALL)


@pytest.fixture
def project() -> Project:
    return make_project(name="Night train")


@pytest.fixture
def owner(project: Project) -> User:
    return owner_of(project)


@pytest.fixture
def page(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def data(client: Client, project: Project) -> Any:
    return client.get(f"/projects/{project.slug}/cut/data/").json()


def test_the_page_has_the_cut_its_scenes_and_their_files(page: Client, project: Project) -> None:
    first, _ = actions.create_scene(project, "Platform"), actions.create_scene(project, "Carriage")
    take = actions.store_upload(first, "take.mp4", [clip(frames=48, fps=24)])
    actions.store_upload(first, "still.jpg", [picture()])
    html = page.get(f"/projects/{project.slug}/cut/").content.decode()
    found = EMBEDDED.search(html)
    assert found
    embedded = json.loads(found[1])
    assert [clip["shows"] for clip in embedded["cut"]["clips"]] == [str(take.pk), None]
    assert [(scene["id"], scene["name"]) for scene in embedded["scenes"]] == [
        ("scene-1", "Platform"),
        ("scene-2", "Carriage"),
    ]
    assert {asset["kind"]: asset["seconds"] for asset in embedded["assets"]} == {"video": 2.0, "image": 0}
    assert embedded == data(page, project)


def test_it_has_the_lines_of_generated_speech(page: Client, project: Project) -> None:
    scene = make_scene(project)
    spoken, recorded = (actions.store_upload(scene, name, [sound(seconds=2)]) for name in ("line.wav", "noise.wav"))
    make_job(scene, kind="text_to_speech", asset=spoken, parameters={"promptText": "All aboard."})
    lines = {asset["id"]: asset["line"] for asset in data(page, project)["assets"]}
    assert lines == {str(spoken.pk): "All aboard.", str(recorded.pk): ""}


def test_who_deletes_a_file_hears_that_the_cut_uses_it(page: Client, project: Project, owner: User) -> None:
    scene = make_scene(project)
    pinned, other = (actions.store_upload(scene, f"{name}.jpg", [picture()]) for name in ("used", "unused"))
    clips = (Clip(id="c1", scene=scene.folder_name, asset=str(pinned.pk), out=24),)
    save_cut(project, owner, Cut(clips=clips), UNTOUCHED_VERSION)
    note = "The cut uses it"
    for asset in (other, pinned):
        path = f"/projects/{project.slug}/{scene.folder_name}/files/{asset.pk}/delete/"
        html = page.post(path, follow=True).content.decode()
        assert f"{asset.file_name} is in the trash." in html
        assert (note in html) == (asset == pinned)


def test_it_says_what_can_be_undone(page: Client, project: Project, owner: User) -> None:
    actions.create_scene(project, "Platform")
    assert (data(page, project)["canUndo"], data(page, project)["canRedo"]) == (False, False)
    save_cut(project, owner, Cut(clips=(Clip("a", kind="gap", out=24),)), UNTOUCHED_VERSION)
    assert (data(page, project)["canUndo"], data(page, project)["canRedo"]) == (True, False)
    page.post(f"/api/projects/{project.slug}/cut/undo")
    assert (data(page, project)["canUndo"], data(page, project)["canRedo"]) == (False, True)


def test_a_viewer_gets_no_tools(page: Client, project: Project) -> None:
    actions.create_scene(project, "Platform")
    ada = User.objects.create_user("ada")
    actions.add_member(owner_of(project), project, "ada", "viewer")
    client = Client()
    client.force_login(ada)
    html = client.get(f"/projects/{project.slug}/cut/").content.decode()
    assert 'data-command="play"' in html
    assert 'data-command="razor"' not in html
    assert "data-may-change" not in html


def thousand(project: Project) -> None:
    """A thousand scenes with a take each."""
    scenes = Scene.objects.bulk_create(
        Scene(project=project, number=number, position=number, name=f"Scene {number}") for number in range(1, 1001)
    )
    Asset.objects.bulk_create(
        Asset(
            scene=scene, kind="video", file_name="take-001.mp4", mime_type="video/mp4", bytes=1, duration=5.0, take=1,
            sha256=f"{scene.pk:064}", width=1280, height=720, source="generated",
        )
        for scene in scenes
    )  # fmt: skip


def test_a_thousand_clips_take_as_many_queries_as_one(
    page: Client, project: Project, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    thousand(project)
    with django_assert_max_num_queries(24):
        assert len(data(page, project)["cut"]["clips"]) == 1000
    began = time.perf_counter()
    page.get(f"/projects/{project.slug}/cut/")
    # a guard against squares, not a measurement
    assert time.perf_counter() - began < 3
