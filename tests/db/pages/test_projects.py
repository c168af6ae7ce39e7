"""The forms of projects, scenes and pictures, and what invalid input gets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.template.defaultfilters import filesizeformat
from django.test import Client
from pytest_django import Settings

from generation.models import GenerationJob
from generation.models.status import Status
from projects.models import Scene
from tests import media
from tests.db.pages.makers import HTMX, add_clip, add_job, add_picture, member, text, url

pytestmark = pytest.mark.django_db


def test_make_rename_and_delete_a_project(client: Client) -> None:
    assert client.post("/", {"name": "Nächte 🌙"})["Location"] == "/projects/nachte/"
    assert client.post("/", {"name": "Nächte 🌙"})["Location"] == "/projects/nachte-2/"
    assert client.post("/projects/nachte/rename/", {"name": "Days"})["Location"] == "/projects/nachte/"
    assert "Days" in text(client.get("/projects/nachte/"))
    deleted = client.post("/projects/nachte/delete/", follow=True)
    assert "in the trash" in text(deleted)
    assert client.get("/projects/nachte/").status_code == 404


def undo_address(response: Any) -> str:
    match = re.search(r'<form method="post" action="([^"]+/restore/)">', text(response))
    assert match
    return match[1]


@pytest.mark.django_db(transaction=True)
def test_every_deletion_can_be_undone(client: Client, scene: Scene) -> None:
    image, project = add_picture(scene), f"/projects/{scene.project.slug}/"
    places = {url(scene, f"files/{image.pk}/"): url(scene), url(scene): url(scene), project: project}
    for place, back in places.items():
        deleted = client.post(f"{place}delete/", follow=True)
        assert "in the trash" in text(deleted)
        undo = undo_address(deleted)
        restored = client.post(undo)
        assert restored["Location"] == back
        assert "is back" in text(client.get(back))
        assert client.post(undo).status_code == 404
        client.post(f"{place}delete/", headers=HTMX)
        answer = client.post(undo, headers=HTMX)
        assert f'"address": "{back}"' in answer["HX-Trigger"]


@pytest.mark.django_db(transaction=True)
def test_the_trash_tells_what_it_holds_and_gives_it_back(client: Client, scene: Scene) -> None:
    image, kept = add_picture(scene), add_picture(scene, "kept.jpg")
    project = f"/projects/{scene.project.slug}/"
    page = text(client.get("/trash/"))
    assert "The trash is empty" in page
    client.post(url(scene, f"files/{image.pk}/delete/"))
    page = text(client.get(f"/trash/?project={scene.project.slug}"))
    assert (">first.jpg</span>" in page, "· owner" in page, f'action="{url(scene)}' in page) == (True, True, True)
    client.post(url(scene, "delete/"))
    page = text(client.get("/trash/"))
    assert f"1 file, {filesizeformat(kept.bytes)}" in page
    assert "first.jpg" not in page  # of a deleted scene only the whole comes back
    client.post(f"{project}delete/")
    (item,) = client.get("/api/trash").json()["data"]["items"]
    assert (item["kind"], item["projectId"], item["sceneCount"], item["deletedBy"]) == (
        "project", scene.project.slug, 0, "owner",
    )  # fmt: skip
    for path in ("", "/folders/scene-1", f"/folders/scene-1/assets/{image.pk}"):
        answer = client.post(f"/api/projects/{scene.project.slug}{path}/restore")
        assert (answer.status_code, "is back" in answer.json()["message"]) == (200, True)
    assert (image.path.is_file(), kept.path.is_file()) == (True, True)
    assert client.get("/api/trash").json()["data"]["items"] == []


def test_others_see_only_what_they_may_restore(client: Client, scene: Scene) -> None:
    image = add_picture(scene)
    viewer, editor = member(scene, "viewer"), member(scene, "editor")
    editor.post(url(scene, f"files/{image.pk}/delete/"))
    listed = [each.get("/api/trash").json()["data"]["items"] for each in (client, editor, viewer)]
    assert [len(items) for items in listed] == [1, 1, 0]
    client.post(f"/projects/{scene.project.slug}/delete/")
    assert "The trash is empty" in text(editor.get("/trash/"))


def test_a_film_with_paid_takes_is_deleted_by_its_name(client: Client, scene: Scene) -> None:
    add_clip(scene)
    delete = f"/projects/{scene.project.slug}/delete/"
    assert "Type the film's name to delete it" in text(client.get(f"/projects/{scene.project.slug}/"))
    for typed in ("", "Day ferry"):
        refused = client.post(delete, {"name": typed})
        assert (refused.status_code, "to delete it: Night ferry" in text(refused)) == (422, True)
    assert client.post(delete, {"name": "night  FERRY"})["Location"] == "/"


def test_make_rename_and_delete_a_scene(client: Client, scene: Scene) -> None:
    add = f"/projects/{scene.project.slug}/scenes/"
    assert client.post(add, {"name": ""})["Location"] == url(scene).replace("scene-1", "scene-2")
    assert client.post(url(scene, "rename/"), {"name": "Quay"})["Location"] == url(scene)
    assert "Quay" in text(client.get(url(scene)))
    assert client.post(url(scene, "delete/"))["Location"] == f"/projects/{scene.project.slug}/"
    assert client.get(url(scene)).status_code == 404


@pytest.mark.parametrize("name", ["", "   ", "n" * 201, "bell\x07"])
def test_an_invalid_name_gets_a_message_and_is_kept(client: Client, scene: Scene, name: str) -> None:
    project = f"/projects/{scene.project.slug}/"
    for path in ("/", f"{project}rename/", url(scene, "rename/")):
        response = client.post(path, {"name": name})
        assert response.status_code == 422
        assert 'aria-invalid="true"' in text(response)
        assert f'value="{name}"' in text(response)
    if name.strip():
        assert client.post(f"{project}scenes/", {"name": name}).status_code == 422
        refused = client.post(f"{project}scenes/", {"name": name}, headers=HTMX)
        assert (refused.status_code, "HX-Trigger" in refused) == (422, True)


@pytest.mark.parametrize("what", ["scene", "project"])
def test_busy_scenes_and_projects_are_not_deleted(client: Client, scene: Scene, what: str) -> None:
    add_job(scene, Status.RUNNING)
    path = url(scene, "delete/") if what == "scene" else f"/projects/{scene.project.slug}/delete/"
    response = client.post(path, headers={"Referer": f"http://testserver{url(scene)}"})
    assert response.status_code == 409
    assert "unfinished takes" in text(response)
    assert f'href="{url(scene)}"' in text(response)


def upload(client: Client, scene: Scene, *files: SimpleUploadedFile, **options: Any) -> HttpResponse:
    return client.post(url(scene, "pictures/"), {"file": files}, **options)  # type: ignore[return-value]


def test_upload_pictures_by_a_plain_form(client: Client, scene: Scene) -> None:
    both = [SimpleUploadedFile(f"{name}.jpg", media.picture()) for name in ("a", "b")]
    assert upload(client, scene, *both)["Location"] == url(scene)
    assert [asset.file_name for asset in scene.assets.all()] == ["a.jpg", "b.jpg"]


def test_upload_by_script_returns_the_tile(client: Client, scene: Scene) -> None:
    response = upload(client, scene, SimpleUploadedFile("a.jpg", media.picture()), headers=HTMX)
    assert response.status_code == 200
    assert f'value="{scene.assets.get().pk}"' in text(response)
    assert "checked" in text(response)


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"only words", 422, "not a picture"),
        (b"", 422, "0 bytes"),
        (media.picture()[:200], 422, ""),
        (None, 413, "MB"),
    ],
)
def test_unsuitable_files_are_refused(
    client: Client, scene: Scene, settings: Settings, content: bytes | None, status: int, words: str
) -> None:
    if content is None:
        settings.MAX_IMAGE_BYTES = 500
        content = media.picture(640, 360)
    for headers in ({}, HTMX):
        response = upload(client, scene, SimpleUploadedFile("a.jpg", content), headers=headers)
        assert response.status_code == status
        assert words in text(response) + response.get("HX-Trigger", "")
    assert not scene.assets.exists()
    assert not list((scene.path / "images").iterdir())


def test_upload_without_a_file(client: Client, scene: Scene) -> None:
    response = client.post(url(scene, "pictures/"))
    assert response.status_code == 422
    assert "Choose a picture" in text(response)


def test_only_one_take_is_chosen(client: Client, scene: Scene) -> None:
    first, second = add_clip(scene), add_clip(scene)

    def choose(job: GenerationJob, selected: str = "1") -> str:
        path = url(scene, f"files/{job.asset_id}/choose/")
        return text(client.post(path, {"selected": selected}, headers=HTMX))

    assert choose(first).count("hx-swap-oob") == 1
    answer = choose(second)
    assert answer.count("hx-swap-oob") == 2
    assert answer.count('aria-pressed="true"') == 1
    assert scene.assets.get(selected=True).pk == second.asset_id
    choose(second, "0")
    assert not scene.assets.filter(selected=True).exists()
    plain = client.post(url(scene, f"files/{first.asset_id}/choose/"), {"selected": "1"})
    assert plain["Location"] == url(scene)


def test_move_a_picture_to_the_trash(client: Client, scene: Scene) -> None:
    image = add_picture(scene)
    path = url(scene, f"files/{image.pk}/delete/")
    assert "in the trash" in text(client.post(path, follow=True))
    assert not image.path.exists()
    assert client.post(path).status_code == 404


@pytest.mark.parametrize(
    ("kept", "view", "density"), [("list-5", "list", 5), ("list-9", "board", 3), ("<i>", "board", 3)]
)
def test_the_storyboard_looks_as_it_was_left(client: Client, scene: Scene, kept: str, view: str, density: int) -> None:
    client.cookies["board"] = kept
    page = text(client.get(f"/projects/{scene.project.slug}/"))
    assert f'data-view="{view}" data-density="{density}"' in page
