"""Pages for people who are signed out, strangers, viewers and editors."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from generation.models import GenerationJob
from generation.models.status import Status
from projects.access.sign_in import sign_in_path
from projects.models import Scene
from tests import factories
from tests.db.pages.makers import GENERAL, HTMX, add_job, add_picture, member, text, url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", [*GENERAL, "/connection/", "/projects/x/", "/projects/x/scene-1/"])
def test_signed_out_people_are_redirected_to_sign_in(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={path}"


def test_a_fragment_redirects_the_whole_page_to_sign_in() -> None:
    headers = {**HTMX, "HX-Current-URL": "http://testserver/queue/"}
    response = Client().get(f"/takes/{uuid.uuid4()}/", headers=headers)
    assert response["HX-Redirect"] == "/accounts/login/?next=/queue/"


def test_sign_in_by_password(owner: User) -> None:
    client = Client()
    assert 'name="username"' in text(client.get("/accounts/login/"))
    wrong = client.post("/accounts/login/", {"username": "owner", "password": "no"})
    assert wrong.status_code == 200
    assert 'value="owner"' in text(wrong)
    assert "correct" in text(wrong)
    right = client.post("/accounts/login/?next=/queue/", {"username": "owner", "password": "screening-room-7"})
    assert right["Location"] == "/queue/"
    assert client.get("/").status_code == 200
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert client.get("/").status_code == 302


def test_a_sign_in_link_works_once(owner: User) -> None:
    path = sign_in_path(owner)
    assert Client().get(path).status_code == 200
    again = Client().get(path)
    assert again.status_code == 403
    assert "has been used or has expired" in text(again)


def reads(scene: Scene, job: GenerationJob) -> list[str]:
    return [
        f"/projects/{scene.project.slug}/",
        *(url(scene, what) for what in ("", "card/", "files/")),
        f"/takes/{job.pk}/",
    ]


def writes(scene: Scene, job: GenerationJob) -> list[str]:
    project = f"/projects/{scene.project.slug}/"
    image = add_picture(scene)
    return [
        *(f"{project}{what}/" for what in ("rename", "delete", "scenes")),
        *(url(scene, what) for what in ("", "rename/", "delete/", "pictures/")),
        *(url(scene, f"files/{image.pk}/{what}/") for what in ("choose", "delete")),
        *(f"/takes/{job.pk}/{what}/" for what in ("cancel", "retry", "resolve")),
    ]


def test_strangers_get_404(scene: Scene) -> None:
    job = add_job(scene, Status.FAILED)
    stranger = Client()
    stranger.force_login(factories.make_user())
    assert {path: stranger.get(path).status_code for path in reads(scene, job)} == dict.fromkeys(reads(scene, job), 404)
    every = writes(scene, job)
    assert {path: stranger.post(path).status_code for path in every} == dict.fromkeys(every, 404)
    assert "Night ferry" not in text(stranger.get("/")) + text(stranger.get("/queue/")) + text(stranger.get("/usage/"))


def test_viewers_can_read_but_not_write(scene: Scene) -> None:
    job = add_job(scene, Status.FAILED)
    viewer = member(scene, "viewer")
    assert {viewer.get(path).status_code for path in reads(scene, job)} == {200}
    every = writes(scene, job)
    assert {path: viewer.post(path).status_code for path in every} == dict.fromkeys(every, 403)
    page = text(viewer.get(url(scene)))
    assert "You can view this project, but not generate. Ask its owner." in page
    assert 'id="upload"' not in page


def test_editors_spend_only_with_permission(scene: Scene) -> None:
    editor = member(scene, "editor")
    assert editor.post(url(scene)).status_code == 403
    for path in (url(scene), url(scene, "make/")):
        assert "You can edit this project, but not spend credits. Ask its owner to allow it." in text(editor.get(path))
    assert member(scene, "editor", may_spend=True).post(url(scene)).status_code == 422
