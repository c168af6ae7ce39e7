"""Every page, empty and filled; who may see and do what; what bad input gets. Through Django's own client."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.http import HttpResponse
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from generation.models import GenerationJob, RunwayState
from generation.status import Status
from generation.templatetags.takes import WORDS
from projects import assets, people
from projects.models import Asset, Membership, Scene
from tests import factories

pytestmark = pytest.mark.django_db

GENERAL = ["/", "/queue/", "/usage/", "/account/"]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def owner() -> User:
    return factories.make_user("owner", password="screening-room-7")


@pytest.fixture
def client(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def scene(owner: User) -> Scene:
    return factories.make_scene(factories.make_project(owner, "Night ferry"), "Harbour")


def url(scene: Scene, rest: str = "") -> str:
    return f"/projects/{scene.project.slug}/{scene.folder_name}/{rest}"


def add_picture(scene: Scene, name: str = "first.jpg") -> Asset:
    return assets.store_upload(scene, name, [factories.picture()], only="image")


def add_job(scene: Scene, status: Status = Status.COMPLETED, **values: Any) -> GenerationJob:
    take = scene.jobs.count() + 1
    defaults: dict[str, Any] = {
        "model": "gen4_turbo",
        "parameters": {"promptText": f"push in {take}", "ratio": "1280:720", "duration": 5},
        "created_by": User.objects.get(memberships__project=scene.project, memberships__role="owner"),
        "credits_estimated": 25,
    }
    return GenerationJob.objects.create(
        project=scene.project, scene=scene, take=take, status=status, **{**defaults, **values}
    )


def add_clip(scene: Scene) -> GenerationJob:
    """A completed take; the clip has a row, and no file is looked at."""
    job = add_job(scene, progress=100, credits_charged=25, finished_at=timezone.now() + timedelta(seconds=12))
    name = f"take-{job.take:03d}.mp4"
    job.asset = Asset.objects.create(
        scene=scene, kind="video", file_name=name, mime_type="video/mp4", bytes=9, sha256="0" * 64, source="generated",
        take=job.take, width=1280, height=720, duration=5.0,
    )  # fmt: skip
    job.save()
    return job


def text(response: Any) -> str:
    return str(response.content.decode())


def member(scene: Scene, role: str, *, may_spend: bool = False) -> Client:
    user = factories.make_user()
    Membership.objects.create(project=scene.project, user=user, role=role, may_spend=may_spend)
    client = Client()
    client.force_login(user)
    return client


# ---- who is asking


@pytest.mark.parametrize("path", [*GENERAL, "/connection/", "/projects/x/", "/projects/x/scene-1/"])
def test_nobody_is_sent_to_the_sign_in(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={path}"


def test_a_fragment_sends_the_whole_page_to_the_sign_in() -> None:
    headers = {**HTMX, "HX-Current-URL": "http://testserver/queue/"}
    response = Client().get(f"/takes/{uuid.uuid4()}/", headers=headers)
    assert response["HX-Redirect"] == "/accounts/login/?next=/queue/"


def test_sign_in_with_name_and_password(owner: User) -> None:
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
    path = people.sign_in_path(owner)
    assert Client().get(path)["Location"] == "/"
    again = Client().get(path)
    assert again.status_code == 403
    assert "used or too old" in text(again)


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


def test_to_a_stranger_it_is_not_there(scene: Scene) -> None:
    job = add_job(scene, Status.FAILED)
    stranger = Client()
    stranger.force_login(factories.make_user())
    assert {path: stranger.get(path).status_code for path in reads(scene, job)} == dict.fromkeys(reads(scene, job), 404)
    every = writes(scene, job)
    assert {path: stranger.post(path).status_code for path in every} == dict.fromkeys(every, 404)
    assert "Night ferry" not in text(stranger.get("/")) + text(stranger.get("/queue/")) + text(stranger.get("/usage/"))


def test_a_viewer_looks_and_changes_nothing(scene: Scene) -> None:
    job = add_job(scene, Status.FAILED)
    viewer = member(scene, "viewer")
    assert {viewer.get(path).status_code for path in reads(scene, job)} == {200}
    every = writes(scene, job)
    assert {path: viewer.post(path).status_code for path in every} == dict.fromkeys(every, 403)
    page = text(viewer.get(url(scene)))
    assert "not spend on it" in page
    assert 'id="upload"' not in page


def test_an_editor_spends_only_where_that_was_given(scene: Scene) -> None:
    assert member(scene, "editor").post(url(scene)).status_code == 403
    assert member(scene, "editor", may_spend=True).post(url(scene)).status_code == 422


# ---- empty and filled


EMPTY = {"/": "Your first film", "/queue/": "Nothing was generated yet", "/usage/": "Nothing spent yet"}


@pytest.mark.parametrize(("path", "words"), EMPTY.items())
def test_empty_pages_say_what_to_do(client: Client, path: str, words: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert words in text(response)


def test_an_empty_project_and_an_empty_scene(client: Client, owner: User) -> None:
    project = factories.make_project(owner, "Night ferry")
    assert "No scenes yet" in text(client.get(f"/projects/{project.slug}/"))
    page = text(client.get(url(factories.make_scene(project))))
    assert "No takes yet" in page
    assert "25 credits" in page


def test_filled_pages(client: Client, scene: Scene) -> None:
    image = add_picture(scene)
    job = add_clip(scene)
    wall = text(client.get("/"))
    assert "Night ferry" in wall
    assert f"/folders/scene-1/assets/{job.asset_id}/poster" in wall
    project = text(client.get(f"/projects/{scene.project.slug}/"))
    for words in ("Harbour", "1 take", "0:05", "exports", "first.jpg", filesizeformat(image.bytes)):
        assert words in project
    page = text(client.get(url(scene)))
    for words in ("push in 1", "take-001.mp4", "gen4_turbo", "25 credits", 'preload="none"', "first.jpg"):
        assert words in page
    assert "Harbour, take 1" in text(client.get("/queue/"))
    assert '<td class="number">25</td>' in text(client.get("/usage/"))


@pytest.mark.parametrize("status", list(Status))
def test_a_take_in_every_state(client: Client, scene: Scene, status: Status) -> None:
    job = add_job(scene, status, error_message="Runway said no." if status == Status.FAILED else "", progress=30)
    page = text(client.get(f"/takes/{job.pk}/"))
    words = WORDS[status] if status != Status.COMPLETED else "Done"
    assert words in page
    assert f'data-status="{status}"' in page
    assert ("<progress" in page) == ("data-busy" in page)
    assert ("Runway said no." in page) == (status == Status.FAILED)
    assert ("Adopt it" in page) == (status == Status.UNCONFIRMED)
    assert ("/cancel/" in page) == (status in ("queued", "submitting", "pending", "throttled", "running"))
    assert page in text(client.get(url(scene))) or 'name="csrfmiddlewaretoken"' in page


def test_only_what_is_worth_a_retry_offers_one(client: Client, scene: Scene) -> None:
    def offered(**values: Any) -> str | None:
        job = add_job(scene, **values)
        found = re.search(
            r"(Fetch the clip again, at no cost|Try again · 25 credits)", text(client.get(f"/takes/{job.pk}/"))
        )
        return found and found[1]

    assert offered(status=Status.FAILED, error_retryable=False) is None
    assert offered(status=Status.FAILED, error_retryable=True) == "Try again · 25 credits"
    assert offered(status=Status.FAILED, clip_may_come=True) == "Fetch the clip again, at no cost"
    assert offered(status=Status.CANCELLED) == "Try again · 25 credits"
    assert offered(status=Status.COMPLETED) is None


def test_of_a_large_project_the_files_are_fetched_when_asked_for(client: Client, scene: Scene) -> None:
    for number in range(400):
        (scene.path / "exports" / f"cut-{number}.mov").touch()
    page = text(client.get(f"/projects/{scene.project.slug}/"))
    assert "cut-7.mov" not in page
    assert f'hx-get="{url(scene, "files/")}"' in page
    assert "cut-7.mov" in text(client.get(url(scene, "files/")))


def test_the_queue_is_filtered_by_its_address(client: Client, owner: User, scene: Scene) -> None:
    other = factories.make_scene(factories.make_project(owner, "Dunes"), "Caravan")
    add_job(scene, Status.RUNNING)
    add_job(scene, Status.FAILED)
    add_job(other, Status.COMPLETED)

    def shown(query: str) -> list[Any]:
        return re.findall(r"(\w+), take (\d)", text(client.get(f"/queue/?{query}")))

    assert shown("") == [("Caravan", "1"), ("Harbour", "2"), ("Harbour", "1")]
    assert shown("state=failed") == [("Harbour", "2")]
    assert shown("state=unfinished") == [("Harbour", "1")]
    assert shown("project=dunes") == [("Caravan", "1")]
    assert shown("state=nonsense&project=nothing&page=99") == shown("")
    assert "Nothing of that kind" in text(client.get("/queue/?state=cancelled"))


def test_the_queue_has_pages(client: Client, scene: Scene) -> None:
    for _ in range(51):
        add_job(scene)
    first = text(client.get("/queue/?state=completed"))
    assert "Page 1 of 2" in first
    assert "state=completed&amp;page=2" in first
    assert "Page 2 of 2" in text(client.get("/queue/?state=completed&page=2"))


def count_queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(database) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_queries_do_not_grow(client: Client, scene: Scene) -> None:
    pages = ["/", f"/projects/{scene.project.slug}/", url(scene), "/queue/", "/usage/"]

    def fill(scene: Scene) -> None:
        add_picture(scene, "more.jpg")
        add_clip(scene)
        add_job(scene, Status.RUNNING)
        failed = add_job(scene, Status.FAILED, error_retryable=True)
        add_job(scene, Status.QUEUED, retry_of=failed)

    fill(scene)
    before = {path: count_queries(client, path) for path in pages}
    for _ in range(3):
        fill(scene)
        fill(factories.make_scene(scene.project))
        fill(factories.make_scene(factories.make_project(User.objects.get(username="owner"))))
    assert {path: count_queries(client, path) for path in pages} == before
    assert max(before.values()) <= 16


# ---- projects and scenes


def test_make_rename_and_delete_a_project(client: Client) -> None:
    assert client.post("/", {"name": "Nächte 🌙"})["Location"] == "/projects/nachte/"
    assert client.post("/", {"name": "Nächte 🌙"})["Location"] == "/projects/nachte-2/"
    assert client.post("/projects/nachte/rename/", {"name": "Days"})["Location"] == "/projects/nachte/"
    assert "Days" in text(client.get("/projects/nachte/"))
    deleted = client.post("/projects/nachte/delete/", follow=True)
    assert "in the trash" in text(deleted)
    assert client.get("/projects/nachte/").status_code == 404


def test_make_rename_and_delete_a_scene(client: Client, scene: Scene) -> None:
    add = f"/projects/{scene.project.slug}/scenes/"
    assert client.post(add, {"name": ""})["Location"] == url(scene).replace("scene-1", "scene-2")
    assert client.post(url(scene, "rename/"), {"name": "Quay"})["Location"] == url(scene)
    assert "Quay" in text(client.get(url(scene)))
    assert client.post(url(scene, "delete/"))["Location"] == f"/projects/{scene.project.slug}/"
    assert client.get(url(scene)).status_code == 404


@pytest.mark.parametrize("name", ["", "   ", "n" * 201, "bell\x07"])
def test_a_bad_name_gets_a_message_and_is_not_lost(client: Client, scene: Scene, name: str) -> None:
    project = f"/projects/{scene.project.slug}/"
    for path in ("/", f"{project}rename/", url(scene, "rename/")):
        response = client.post(path, {"name": name})
        assert response.status_code == 422
        assert 'aria-invalid="true"' in text(response)
        assert f'value="{name}"' in text(response)
    if name.strip():
        assert client.post(f"{project}scenes/", {"name": name}).status_code == 422


@pytest.mark.parametrize("what", ["scene", "project"])
def test_what_still_works_is_not_deleted(client: Client, scene: Scene, what: str) -> None:
    add_job(scene, Status.RUNNING)
    path = url(scene, "delete/") if what == "scene" else f"/projects/{scene.project.slug}/delete/"
    response = client.post(path, headers={"Referer": f"http://testserver{url(scene)}"})
    assert response.status_code == 409
    assert "unfinished takes" in text(response)
    assert f'href="{url(scene)}"' in text(response)


# ---- pictures and takes


def upload(client: Client, scene: Scene, *files: SimpleUploadedFile, **options: Any) -> HttpResponse:
    return client.post(url(scene, "pictures/"), {"file": files}, **options)  # type: ignore[return-value]


def test_pictures_come_in_by_a_plain_form(client: Client, scene: Scene) -> None:
    both = [SimpleUploadedFile(f"{name}.jpg", factories.picture()) for name in ("a", "b")]
    assert upload(client, scene, *both)["Location"] == url(scene)
    assert [asset.file_name for asset in scene.assets.all()] == ["a.jpg", "b.jpg"]


def test_the_script_gets_the_tile(client: Client, scene: Scene) -> None:
    response = upload(client, scene, SimpleUploadedFile("a.jpg", factories.picture()), headers=HTMX)
    assert response.status_code == 200
    assert f'value="{scene.assets.get().pk}"' in text(response)
    assert "checked" in text(response)


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"only words", 422, "no picture"),
        (b"", 422, "0 bytes"),
        (factories.picture()[:200], 422, ""),
        (None, 413, "MB"),
    ],
)
def test_a_file_that_is_refused(
    client: Client, scene: Scene, settings: Settings, content: bytes | None, status: int, words: str
) -> None:
    if content is None:
        settings.MAX_IMAGE_BYTES = 500
        content = factories.picture(640, 360)
    for headers in ({}, HTMX):
        response = upload(client, scene, SimpleUploadedFile("a.jpg", content), headers=headers)
        assert response.status_code == status
        assert words in text(response) + response.get("HX-Trigger", "")
    assert not scene.assets.exists()
    assert not list((scene.path / "images").iterdir())


def test_no_file_at_all(client: Client, scene: Scene) -> None:
    response = client.post(url(scene, "pictures/"))
    assert response.status_code == 422
    assert "Choose a picture" in text(response)


def test_of_the_takes_one_is_chosen(client: Client, scene: Scene) -> None:
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


def test_a_picture_goes_to_the_trash(client: Client, scene: Scene) -> None:
    image = add_picture(scene)
    path = url(scene, f"files/{image.pk}/delete/")
    assert "in the trash" in text(client.post(path, follow=True))
    assert not image.path.exists()
    assert client.post(path).status_code == 404


# ---- the composer


@pytest.fixture
def composed(scene: Scene) -> dict[str, Any]:
    return {
        "image": str(add_picture(scene).pk),
        "prompt_text": "the fog lifts",
        "model": "gen4_turbo",
        "ratio": "1280:720",
        "duration": "5",
        "seed": "",
        "key": str(uuid.uuid4()),
    }


WRONG = {
    "no picture": ({"image": ""}, "Choose the picture"),
    "picture of nobody": ({"image": str(uuid.uuid4())}, "no longer in this scene"),
    "picture that is no id": ({"image": "../../x"}, "no longer in this scene"),
    "no prompt": ({"prompt_text": ""}, "Write what should happen"),
    "blank prompt": ({"prompt_text": " \r\n "}, "Write what should happen"),
    "long prompt": ({"prompt_text": "🎬" * 501}, "1002"),
    "no such model": ({"model": "gen9"}, "gen4_turbo, gen4.5"),
    "wrong ratio": ({"ratio": "16:9"}, "1280:720"),
    "wrong duration": ({"duration": "11"}, "2, 3, 4"),
    "duration in words": ({"duration": "five"}, "whole number of seconds"),
    "seed too large": ({"seed": "4294967296"}, "0 to 4294967295"),
    "seed in words": ({"seed": "lucky"}, "0 to 4294967295"),
    "no key": ({"key": ""}, "load the page again"),
}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("case", WRONG)
def test_bad_input_gets_a_message_and_is_not_lost(
    client: Client, scene: Scene, composed: dict[str, Any], case: str, headers: dict[str, str]
) -> None:
    changes, words = WRONG[case]
    response = client.post(url(scene), {**composed, **changes}, headers=headers)
    assert response.status_code == 422
    assert words in text(response)
    assert "prompt_text" in changes or "the fog lifts" in text(response)
    assert ("<html" in text(response)) == (not headers)
    assert not GenerationJob.objects.exists()


def test_every_wrong_field_is_told_at_once(client: Client, scene: Scene, composed: dict[str, Any]) -> None:
    page = text(client.post(url(scene), {**composed, "ratio": "1:1", "duration": "99", "seed": "-1"}))
    for field in ("ratio", "duration", "seed"):
        assert f'id="id_{field}-error"' in page


def test_a_press_makes_one_job_however_often(
    client: Client, scene: Scene, composed: dict[str, Any], redis_server: redis.Redis
) -> None:
    first = client.post(url(scene), composed, headers=HTMX)
    job = GenerationJob.objects.get()
    assert str(job.pk) in first["HX-Trigger"]
    assert 'id="composer-key"' in text(first)
    assert composed["key"] not in text(first)
    again = client.post(url(scene), composed)
    assert again["Location"] == url(scene)
    assert GenerationJob.objects.get() == job
    other = client.post(url(scene), {**composed, "duration": "6"})
    assert other.status_code == 409
    assert "Your last press was taken" in text(other)
    assert f'value="{composed["key"]}"' not in text(other)
    assert GenerationJob.objects.count() == 1


def test_line_breaks_count_once(
    client: Client, scene: Scene, composed: dict[str, Any], redis_server: redis.Redis
) -> None:
    client.post(url(scene), {**composed, "prompt_text": "a\r\nb"})
    assert GenerationJob.objects.get().parameters["promptText"] == "a\nb"


def test_the_composer_remembers_the_last_take(client: Client, scene: Scene, composed: dict[str, Any]) -> None:
    add_picture(scene, "newer.jpg")
    image = Asset.objects.get(pk=composed["image"])
    parameters = {"promptText": "as before", "ratio": "960:960", "duration": 8}
    add_job(scene, Status.FAILED, model="gen4.5", parameters=parameters, prompt_image=image)
    page = text(client.get(url(scene)))
    assert "as before</textarea>" in page
    assert "96 credits" in page
    for value in ("gen4.5", "960:960", "8"):
        assert re.search(rf'value="{value}"\s+checked', page)
    assert re.search(rf'value="{image.pk}" data-poster="[^"]+" checked', page)


def test_without_the_queue_nothing_is_made_and_pages_work(
    client: Client, scene: Scene, composed: dict[str, Any], settings: Settings
) -> None:
    settings.RQ_QUEUES = {name: {**queue, "URL": "redis://127.0.0.1:1/0"} for name, queue in settings.RQ_QUEUES.items()}
    response = client.post(url(scene), composed)
    assert response.status_code == 503
    assert "The queue is away" in text(response)
    assert "the fog lifts" in text(response)
    assert not GenerationJob.objects.exists()
    assert {client.get(path).status_code for path in [*GENERAL, url(scene)]} == {200}


# ---- what a person does to a take


def test_cancel(client: Client, scene: Scene) -> None:
    job = add_job(scene, Status.QUEUED)
    response = client.post(f"/takes/{job.pk}/cancel/", headers=HTMX)
    assert "nothing was charged" in response["HX-Trigger"]
    assert 'data-status="cancelled"' in text(response)
    twice = client.post(f"/takes/{job.pk}/cancel/", headers=HTMX)
    assert twice.status_code == 409
    assert twice["HX-Reswap"] == "none"
    assert "cancelled already" in twice["HX-Trigger"]


def test_cancel_by_a_plain_form(client: Client, scene: Scene) -> None:
    job = add_job(scene, Status.QUEUED)
    page = text(client.post(f"/takes/{job.pk}/cancel/", follow=True))
    assert "nothing was charged" in page
    assert "Harbour" in page


def test_retry_is_a_new_take(client: Client, scene: Scene, redis_server: redis.Redis) -> None:
    job = add_job(scene, Status.FAILED, error_retryable=True, prompt_image=add_picture(scene))
    Scene.objects.filter(pk=scene.pk).update(next_take=2)
    response = client.post(f"/takes/{job.pk}/retry/", {"key": "k"}, headers=HTMX)
    successor = GenerationJob.objects.get(retry_of=job)
    assert str(successor.pk) in response["HX-Trigger"]
    assert "tried again as take 2" in text(response)
    assert str(successor.pk) in client.post(f"/takes/{job.pk}/retry/", {"key": "k"}, headers=HTMX)["HX-Trigger"]
    assert client.post(f"/takes/{job.pk}/retry/", {"key": "other"}, headers=HTMX).status_code == 409
    assert GenerationJob.objects.count() == 2


def test_an_unconfirmed_job_is_given_up(client: Client, scene: Scene) -> None:
    job = add_job(scene, Status.UNCONFIRMED)
    response = client.post(f"/takes/{job.pk}/resolve/", {"lost": "1"}, headers=HTMX)
    assert "Given up" in response["HX-Trigger"]
    assert 'data-status="failed"' in text(response)


@pytest.mark.parametrize("task_id", ["", "not-a-task"])
def test_a_task_id_that_is_none_is_told_at_the_field(client: Client, scene: Scene, task_id: str) -> None:
    job = add_job(scene, Status.UNCONFIRMED)
    response = client.post(f"/takes/{job.pk}/resolve/", {"task_id": task_id}, headers=HTMX)
    assert response.status_code == 422
    assert 'id="id_task_id-error"' in text(response)
    assert f'value="{task_id}"' in text(response)
    assert client.post(f"/takes/{job.pk}/resolve/", {"task_id": task_id}).status_code == 422
    job.refresh_from_db()
    assert job.status == Status.UNCONFIRMED


# ---- account


def test_tokens_are_shown_once_and_revoked(client: Client, owner: User) -> None:
    made = client.post("/account/tokens/", {"name": "cutting script", "read_only": "on"})
    (secret,) = set(re.findall(r"dailies_[\w-]+", text(made)))
    token = people.token_of(secret)
    assert token is not None
    assert token.read_only
    assert "no-store" in made["Cache-Control"]
    page = text(client.get("/account/"))
    assert "cutting script" in page
    assert secret not in page
    other = Client()
    other.force_login(factories.make_user())
    assert other.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    client.post(f"/account/tokens/{token.pk}/revoke/")
    assert people.token_of(secret) is None
    assert "cutting script" not in text(client.get("/account/"))


def test_a_token_without_a_name(client: Client, owner: User) -> None:
    response = client.post("/account/tokens/", {"name": " ", "read_only": "on"})
    assert response.status_code == 422
    assert "Write what the token is for" in text(response)
    assert re.search(r'name="read_only"\s+checked', text(response))
    assert not owner.api_tokens.exists()


def test_the_password_is_changed(client: Client, owner: User) -> None:
    new = {"new_password1": "long-lens-1947", "new_password2": "long-lens-1947"}
    wrong = client.post("/account/password/", {"old_password": "x", **new})
    assert wrong.status_code == 422
    assert 'id="id_old_password-error"' in text(wrong)
    right = client.post("/account/password/", {"old_password": "screening-room-7", **new}, follow=True)
    assert "The password is changed" in text(right)
    owner.refresh_from_db()
    assert owner.check_password("long-lens-1947")


def test_whoever_came_by_a_link_sets_a_first_password() -> None:
    user = factories.make_user()
    client = Client()
    client.force_login(user)
    assert "old_password" not in text(client.get("/account/"))
    client.post("/account/password/", {"new_password1": "long-lens-1947", "new_password2": "long-lens-1947"})
    user.refresh_from_db()
    assert user.check_password("long-lens-1947")
    assert client.get("/account/").status_code == 200


def test_the_theme_is_kept_in_the_browser(client: Client) -> None:
    assert 'data-theme="system"' in text(client.get("/account/"))
    client.post("/account/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in text(client.get("/"))
    client.post("/account/theme/", {"theme": '"><script>'})
    assert 'data-theme="dark"' in text(client.get("/"))
    client.cookies["theme"] = '"><script>alert(1)</script>'
    assert "<script>alert" not in text(client.get("/"))


# ---- the state of Runway, errors, and what no page may have


def test_every_page_says_that_it_is_the_simulator(client: Client, scene: Scene, settings: Settings) -> None:
    pages = [*GENERAL, f"/projects/{scene.project.slug}/", url(scene)]
    settings.RUNWAY_IS_SIMULATOR = True
    assert all("Simulator: takes are drawn" in text(client.get(path)) for path in pages)
    settings.RUNWAY_IS_SIMULATOR = False
    assert not any("Simulator: takes are drawn" in text(client.get(path)) for path in pages)


@pytest.mark.parametrize(
    ("condition", "words"), [("unauthorized", "Runway refuses the key"), ("unreachable", "Runway cannot be reached")]
)
def test_a_banner_tells_what_is_wrong_with_runway(client: Client, condition: str, words: str) -> None:
    RunwayState.objects.update_or_create(pk=1, defaults={"condition": condition})
    assert all(words in text(client.get(path)) for path in GENERAL)


def test_the_connection_page_tells_in_words_that_runway_is_away(client: Client, settings: Settings) -> None:
    settings.RUNWAY_API_URL = "http://127.0.0.1:9"
    response = client.get("/connection/")
    assert response.status_code == 200
    assert "it does not work" in text(response)
    assert "127.0.0.1:9" in text(response)


def test_what_is_not_there(client: Client) -> None:
    for path in ("/nothing/", "/projects/nothing/", "/projects/nothing/scene-1/", f"/takes/{uuid.uuid4()}/"):
        response = client.get(path)
        assert response.status_code == 404
        assert "There is nothing here" in text(response)


def test_a_form_of_a_stranger_is_refused(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    response = client.post("/", {"name": "Film"})
    assert response.status_code == 403
    assert "open too long" in text(response)


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html", "403_csrf.html"])
def test_error_pages_need_nothing(name: str) -> None:
    assert "To the projects" in render_to_string(name)


def test_a_wrong_method_is_told(client: Client, scene: Scene) -> None:
    assert client.post("/queue/").status_code == 405
    assert client.get(url(scene, "delete/")).status_code == 405


def test_no_page_has_script_or_style_of_its_own(client: Client, scene: Scene) -> None:
    add_picture(scene)
    add_clip(scene)
    add_job(scene, Status.UNCONFIRMED)
    found = [
        (path, match)
        for path in [*GENERAL, f"/projects/{scene.project.slug}/", url(scene), "/accounts/login/"]
        for match in re.findall(
            r'<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+="|//[a-z]+\.\w+', text(client.get(path))
        )
    ]
    assert found == []
