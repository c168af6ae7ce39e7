"""What is done with several scenes of a storyboard at once."""

from __future__ import annotations

import io
import json
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.test import Client

from projects import actions
from projects.models import Project, Scene
from projects.problems import Problem
from tests import factories
from tests.db.pages.makers import HTMX, add_picture, member, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scenes(owner: User) -> list[Scene]:
    project = factories.make_project(owner, "Night ferry")
    return [factories.make_scene(project, name) for name in ("One", "Two", "Three", "Four")]


def path(scenes: list[Scene], rest: str) -> str:
    return f"/projects/{scenes[0].project.slug}/scenes/{rest}/"


def order(project: Project) -> list[str]:
    living = project.scenes.filter(trashed_at=None)
    assert [scene.position for scene in living] == list(range(1, len(living) + 1))
    return [scene.name for scene in living]


def test_several_scenes_are_tagged(client: Client, scenes: list[Scene]) -> None:
    data = {"scene": ["scene-1", "scene-3"], "review_status": "in_review", "color": ""}
    assert client.post(path(scenes, "tag"), data, headers=HTMX).status_code == 204
    client.post(path(scenes, "tag"), {"scene": ["scene-3"], "color": "blue"})
    tags = [(scene.review_status, scene.color) for scene in scenes[0].project.scenes.all()]
    assert tags == [("in_review", "none"), ("none", "none"), ("in_review", "blue"), ("none", "none")]
    stored = json.loads((scenes[2].path / "metadata" / "scene.json").read_bytes())
    assert (stored["reviewStatus"], stored["color"]) == ("in_review", "blue")
    page = text(client.get(f"/projects/{scenes[0].project.slug}/?status=in_review&color=pink"))
    assert 'data-only-status="in_review"' in page
    assert 'data-only-color=""' in page
    assert page.count('class="scene-status"') == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"scene": "scene-1", "color": "pink"}, "color must be one of none, red"),
        ({"scene": "scene-9", "color": "red"}, "Choose one or more scenes."),
        ({"color": "red"}, "Choose one or more scenes."),
    ],
)
def test_wrong_tags(client: Client, scenes: list[Scene], data: dict[str, str], message: str) -> None:
    answer = client.post(path(scenes, "tag"), data)
    assert answer.status_code == 422
    assert message in text(answer)
    assert not Scene.objects.exclude(color="none").exists()


def test_several_scenes_move_in_their_order(client: Client, scenes: list[Scene]) -> None:
    project = scenes[0].project
    client.post(path(scenes, "move"), {"scene": ["scene-4", "scene-2"], "position": "1"})
    assert order(project) == ["Two", "Four", "One", "Three"]
    client.post(path(scenes, "move"), {"scene": ["scene-2", "scene-4"], "position": "4"})
    assert order(project) == ["One", "Three", "Two", "Four"]
    for position in ("0", "5", "x", "9" * 30):
        answer = client.post(path(scenes, "move"), {"scene": "scene-1", "position": position})
        assert answer.status_code == 422
    assert order(project) == ["One", "Three", "Two", "Four"]


def test_several_scenes_are_one_archive(client: Client, scenes: list[Scene]) -> None:
    picture = add_picture(scenes[0])
    answer = client.post(path(scenes, "download"), {"scene": ["scene-1", "scene-2"]})
    assert answer["Content-Disposition"] == 'attachment; filename="night-ferry.zip"'
    with ZipFile(io.BytesIO(answer.getvalue())) as archive:
        names = set(archive.namelist())
        assert archive.read(picture.relative_path) == picture.path.read_bytes()
    assert names == {picture.relative_path, "scene-1/metadata/scene.json", "scene-2/metadata/scene.json"}


def test_several_scenes_are_deleted_with_one_undo(client: Client, scenes: list[Scene]) -> None:
    project = scenes[0].project
    answer = client.post(path(scenes, "delete"), {"scene": ["scene-1", "scene-3"]}, headers=HTMX)
    told = json.loads(answer["HX-Trigger"])["dailies:toast"]
    assert told["message"] == "2 scenes are in the trash."
    assert order(project) == ["Two", "Four"]
    assert not scenes[0].path.exists()
    assert client.post(told["undo"], headers=HTMX).status_code == 200
    assert order(project) == ["One", "Two", "Three", "Four"]
    assert scenes[0].path.is_dir()
    assert client.post(told["undo"], headers=HTMX).status_code == 404


def test_a_scene_with_an_unfinished_take_keeps_all_of_them(client: Client, scenes: list[Scene]) -> None:
    factories.make_job(scenes[2], status="running")
    answer = client.post(path(scenes, "delete"), {"scene": ["scene-1", "scene-3"]})
    assert answer.status_code == 409
    assert "Three has unfinished takes" in text(answer)
    assert order(scenes[0].project) == ["One", "Two", "Three", "Four"]


def test_a_scene_that_is_gone_meanwhile(scenes: list[Scene]) -> None:
    actions.trash_scene(scenes[1])
    with pytest.raises(Problem) as problem:
        actions.tag_scenes(scenes[0].project, scenes[:2], color="red")
    assert problem.value.status == 404
    assert not Scene.objects.exclude(color="none").exists()


def test_missing_takes_of_the_chosen_scenes(client: Client, scenes: list[Scene]) -> None:
    for scene in scenes[:3]:
        add_picture(scene)
    query = urlencode([("scene", "scene-1"), ("scene", "scene-3"), ("scene", "scene-4")])
    page = text(client.get(f"/projects/{scenes[0].project.slug}/missing/?{query}", headers=HTMX))
    assert page.count('class="without-take"') == 2
    assert '<b dir="auto">Two</b>' not in page
    assert "missing/?scene=scene-1&amp;scene=scene-3" in page


def test_a_viewer_may_download_alone(scenes: list[Scene]) -> None:
    viewer = member(scenes[0], "viewer")
    page = text(viewer.get(f"/projects/{scenes[0].project.slug}/"))
    assert path(scenes, "download") in page
    assert path(scenes, "delete") not in page
