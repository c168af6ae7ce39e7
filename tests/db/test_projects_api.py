"""The JSON API of projects, scenes, files and members, called through its URLs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import path
from PIL import Image
from pytest_django import Settings

from config.urls import urlpatterns as studio_addresses
from generation.models import GenerationJob
from projects import actions
from projects.access.tokens import create_token
from projects.api.schemas import Scene as SceneSchema
from projects.models import Asset, Project, Scene
from projects.web import uploads
from tests.factories import make_project, make_scene, make_user
from tests.media import clip, encode, picture, sound

pytestmark = pytest.mark.django_db

JSON = "application/json"


class Caller:
    """A person with a token who calls the API."""

    def __init__(self, user: User, *, read_only: bool = False) -> None:
        self.user = user
        self.token = create_token(user, "test", read_only=read_only)[1]
        self.client = Client(headers={"authorization": f"Bearer {self.token}"})

    def __call__(self, method: str, address: str, body: object = None, *, status: int = 200, raw: bytes = b"") -> Any:
        content = raw or (b"" if body is None else json.dumps(body).encode())
        response = self.client.generic(method, f"/api{address}", content, content_type=JSON)
        assert response.status_code == status, response.content
        return envelope(response.content, response.headers["Content-Type"], status)

    def upload(self, scene: Scene, name: str, content: bytes, status: int = 201) -> Any:
        address = f"/api/projects/{scene.project.slug}/folders/{scene.folder_name}/assets"
        response = self.client.post(address, {"file": SimpleUploadedFile(name, content, "text/html")})
        assert response.status_code == status, response.content
        return envelope(response.content, response.headers["Content-Type"], status)


def envelope(content: bytes, content_type: str, status: int) -> Any:
    """Return the data of a success, or the whole error."""
    assert content_type.startswith(JSON)
    answer = json.loads(content)
    if status < 400:
        assert set(answer) == {"status", "message", "data"}
        assert answer["status"] == "success"
        return answer["data"]
    assert set(answer) == {"status", "message", "code", "errors"}
    assert answer["status"] == "error"
    assert answer["message"].endswith(".")
    assert answer["code"].replace("_", "").isalpha()
    return answer


@pytest.fixture
def call() -> Caller:
    return Caller(make_user("ada"))


# projects and scenes


def test_projects(call: Caller) -> None:
    project = call("POST", "/projects", {"name": "My film"}, status=201)
    assert (project["id"], project["name"], project["sceneCount"]) == ("my-film", "My film", 0)
    assert project["createdAt"].endswith("Z")
    assert call("POST", "/projects", {"name": "My film"}, status=201)["id"] == "my-film-2"
    assert call("GET", "/projects/my-film") == project
    call("POST", "/projects/my-film/folders", status=201)
    listed = call("GET", "/projects")["projects"]
    assert [project["id"] for project in listed] == ["my-film", "my-film-2"]
    assert listed[0]["sceneCount"] == 1
    assert listed[0]["updatedAt"] > project["updatedAt"]
    assert call("PATCH", "/projects/my-film", {"name": "Our film"})["name"] == "Our film"
    assert call("PATCH", "/projects/my-film", {})["name"] == "Our film"
    assert call("DELETE", "/projects/my-film") == {}
    assert call("GET", "/projects/my-film", status=404)["code"] == "not_found"


def test_scenes(call: Caller) -> None:
    call("POST", "/projects", {"name": "Film"}, status=201)
    first = call("POST", "/projects/film/folders", status=201)
    assert (first["id"], first["name"], first["position"], first["status"]) == ("scene-1", "Scene 1", 1, "empty")
    assert first["assets"] == {"images": [], "audio": [], "videos": []}
    assert first["generation"] == {"videoRequests": [], "completedVideos": []}
    second = call("POST", "/projects/film/folders", {"name": "End"}, status=201)
    assert second["name"] == "End"
    assert call("POST", "/projects/film/folders", {"name": None}, status=201)["name"] == "Scene 3"
    moved = call("PATCH", "/projects/film/folders/scene-3", {"position": 1, "name": "Start"})
    assert (moved["name"], moved["position"]) == ("Start", 1)
    folders = call("GET", "/projects/film/folders")["folders"]
    assert [(each["id"], each["position"]) for each in folders] == [("scene-3", 1), ("scene-1", 2), ("scene-2", 3)]
    page = call("GET", "/projects/film/folders?limit=2")
    rest = call("GET", f"/projects/film/folders?limit=2&cursor={page['nextCursor']}")
    assert [*page["folders"], *rest["folders"]] == folders
    assert rest["nextCursor"] is None
    call("GET", "/projects/film/folders?cursor=scene-9", status=422)
    call("DELETE", "/projects/film/folders/scene-3")
    assert [each["position"] for each in call("GET", "/projects/film/folders")["folders"]] == [1, 2]
    call("GET", "/projects/film/folders/scene-3", status=404)
    assert call("POST", "/projects/film/folders", {}, status=201)["id"] == "scene-4"


def test_a_scene_has_a_status_and_a_color(call: Caller) -> None:
    call("POST", "/projects", {"name": "Film"}, status=201)
    scene = call("POST", "/projects/film/folders", status=201)
    assert (scene["reviewStatus"], scene["color"]) == ("none", "none")
    path = "/projects/film/folders/scene-1"
    changed = call("PATCH", path, {"reviewStatus": "approved", "color": "red"})
    assert (changed["reviewStatus"], changed["color"]) == ("approved", "red")
    changed = call("PATCH", path, {"color": "none", "name": "Kitchen"})
    assert (changed["reviewStatus"], changed["color"], changed["name"]) == ("approved", "none", "Kitchen")
    answer = call("PATCH", path, {"reviewStatus": "done", "color": ""}, status=422)
    assert {error["field"]: error["message"] for error in answer["errors"]} == {
        "reviewStatus": "reviewStatus must be one of none, in_progress, in_review, approved, on_hold.",
        "color": "color must be one of none, red, orange, yellow, green, blue, purple.",
    }
    assert call("GET", path)["reviewStatus"] == "approved"


def test_a_scene_lists_its_exports(call: Caller) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    (scene.path / "exports" / "cut.mp4").write_bytes(b"12345")
    [export] = call("GET", "/projects/film/folders/scene-1")["assets"]["exports"]
    assert (export["fileName"], export["path"], export["bytes"]) == ("cut.mp4", "scene-1/exports/cut.mp4", 5)
    assert export["modifiedAt"].endswith("Z")


def test_unfinished_jobs_keep_a_scene_and_a_project_from_the_trash(call: Caller) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    GenerationJob.objects.create(project=scene.project, scene=scene, model="gen4_turbo", take=1)
    for address in ("/projects/film", "/projects/film/folders/scene-1"):
        assert call("DELETE", address, status=409)["code"] == "unfinished_jobs"
    shown = call("GET", "/projects/film/folders/scene-1")
    assert shown["status"] == "generating"
    assert shown["generation"]["videoRequests"][0]["status"] == "queued"
    assert Project.objects.get().trashed_at is None


# wrong input


WRONG_NAMES: list[object] = ["", "  ", 5, None, True, [], {}, "a\0b", "\ud800", "x" * 201]


@pytest.mark.parametrize("name", WRONG_NAMES)
def test_wrong_names(call: Caller, name: object) -> None:
    answer = call("POST", "/projects", {"name": name}, status=422)
    assert answer["code"] == "invalid_fields"
    assert [error["field"] for error in answer["errors"]] == ["name"]
    assert answer["errors"][0]["message"].startswith("name must")
    assert not Project.objects.exists()


@pytest.mark.parametrize("raw", [b"{", b"name=x", b'{"name": "a"', b"\xff\xfe", b"[" * 100_000, b"'a'"])
def test_malformed_json(call: Caller, raw: bytes) -> None:
    assert call("POST", "/projects", raw=raw, status=400)["code"] == "malformed_json"


@pytest.mark.parametrize("raw", [b"[]", b'"name"', b"5", b"null", b"true"])
def test_bodies_that_are_not_an_object(call: Caller, raw: bytes) -> None:
    answer = call("POST", "/projects", raw=raw, status=422)
    assert answer["errors"] == [{"field": "body", "message": "body must be a JSON object."}]


def test_a_missing_body_and_a_missing_field(call: Caller) -> None:
    assert call("POST", "/projects", status=422)["errors"][0]["message"] == "body is missing."
    assert call("POST", "/projects", {}, status=422)["errors"] == [{"field": "name", "message": "name is missing."}]


@pytest.mark.parametrize(
    ("position", "message"),
    [
        ("1", "position must be a whole number."),
        (1.5, "position must be a whole number."),
        (True, "position must be a whole number."),
        (0, "position must be a whole number from 1 to 1."),
        (2, "position must be a whole number from 1 to 1."),
        (10**40, "position must be a whole number from 1 to 1."),
    ],
)
def test_wrong_positions(call: Caller, position: object, message: str) -> None:
    make_scene(make_project(call.user, "Film"))
    answer = call("PATCH", "/projects/film/folders/scene-1", {"position": position}, status=422)
    assert answer["errors"] == [{"field": "position", "message": message}]


def test_every_wrong_field_is_listed_with_its_values(call: Caller) -> None:
    make_project(call.user, "Film")
    body = {"username": 7, "role": "boss", "maySpend": "yes"}
    answer = call("POST", "/projects/film/members", body, status=422)
    messages = {error["field"]: error["message"] for error in answer["errors"]}
    assert messages == {
        "username": "username must be text.",
        "role": "role must be one of owner, editor, viewer.",
        "maySpend": "maySpend must be true or false.",
    }


def test_unknown_fields_are_named_with_what_is_near(call: Caller) -> None:
    make_project(call.user, "Film")
    body = {"user_name": "eve", "role": "boss", "may-spend": True, "colour": "red"}
    answer = call("POST", "/projects/film/members", body, status=422)
    messages = {error["field"]: error["message"] for error in answer["errors"]}
    assert messages == {
        "username": "username is missing.",
        "role": "role must be one of owner, editor, viewer.",
        "user_name": "user_name is not a field of this request; you may mean username.",
        "may-spend": "may-spend is not a field of this request; you may mean maySpend.",
        "colour": "colour is not a field of this request; its fields are username, role, maySpend.",
    }


@pytest.mark.parametrize("raw", [b'{"position": 1.0}', b'{"position": 1e0}', b'{"position": 10.0e-1}'])
def test_a_whole_number_may_have_a_point(call: Caller, raw: bytes) -> None:
    make_scene(make_project(call.user, "Film"))
    assert call("PATCH", "/projects/film/folders/scene-1", raw=raw)["position"] == 1


def test_numbers_that_json_does_not_have(call: Caller) -> None:
    for name in (b"NaN", b"Infinity", b"-Infinity"):
        assert call("POST", "/projects", raw=b'{"name": ' + name + b"}", status=400)["code"] == "malformed_json"


def test_a_body_that_is_too_large(call: Caller, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert call("POST", "/projects", {"name": "x" * 2000}, status=413)["code"] == "too_large"


def test_other_methods_and_addresses(call: Caller) -> None:
    response = call.client.put("/api/projects")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "POST"}
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert envelope(response.content, response.headers["Content-Type"], 405)["code"] == "method_not_allowed"
    for address in ("/nothing", "/projects/", "/", "/projects/a/b/c/d", "/projects/%2e%2e", "/projects/unknown"):
        assert call("GET", address, status=404)["code"] == "not_found"
    assert call("GET", "/projects/%00", status=422)["code"] == "invalid_fields"
    assert call("GET", "/projects?x=%00", status=422)["code"] == "invalid_fields"


def test_unknown_addresses_are_json_without_credentials(client: Client) -> None:
    response = client.get("/api/nothing/at/all")
    assert envelope(response.content, response.headers["Content-Type"], 404)["code"] == "not_found"
    response = client.get("/api/projects", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert envelope(response.content, response.headers["Content-Type"], 400)["code"] == "malformed_request"


def fail(error: Exception) -> Callable[..., Any]:
    def view(request: Any) -> Any:
        raise error

    return view


class Addresses:
    urlpatterns = [
        path("api/broken", fail(RuntimeError("secret detail"))),
        path("broken", fail(RuntimeError("secret detail"))),
        *studio_addresses,
    ]


def test_an_unexpected_error_is_logged_and_not_shown(
    call: Caller, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF = Addresses
    call.client.raise_request_exception = False
    answer = call("GET", "/broken", status=503)
    assert answer["code"] == "unavailable"
    monkeypatch.setattr(actions, "create_project", lambda *_: 1 / 0)
    answer = call("POST", "/projects", {"name": "Film"}, status=503)
    assert (answer["code"], answer["errors"]) == ("unavailable", [])
    assert "ZeroDivisionError" in caplog.text
    # pages still answer 500
    assert call.client.get("/broken").status_code == 500


def test_a_database_that_is_away(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("projects.web.authentication.find_token", away)
    assert call("GET", "/projects", status=503)["code"] == "database_away"


# credentials


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "Bearer \u00e9", "dailies_x"]
)
def test_no_or_wrong_credentials(client: Client, header: str) -> None:
    headers = {"authorization": header} if header else {}
    for response in (client.get("/api/projects", headers=headers), client.post("/api/projects", headers=headers)):
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert envelope(response.content, response.headers["Content-Type"], 401)["code"] == "unauthorized"


def test_a_wrong_token_is_refused_despite_a_session(client: Client) -> None:
    client.force_login(make_user())
    assert client.get("/api/projects").status_code == 200
    assert client.get("/api/projects", headers={"authorization": "Bearer wrong"}).status_code == 401


def test_a_session_needs_its_csrf_token_to_write(settings: Settings) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    assert client.get("/api/projects").status_code == 200
    refused = client.post("/api/projects", '{"name": "Film"}', content_type=JSON)
    assert envelope(refused.content, refused.headers["Content-Type"], 403)["code"] == "forbidden"
    client.get("/api/docs")
    headers = {"x-csrftoken": client.cookies[settings.CSRF_COOKIE_NAME].value}
    assert client.post("/api/projects", '{"name": "Film"}', content_type=JSON, headers=headers).status_code == 201


def test_a_session_on_a_page_of_another_address(settings: Settings) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    headers = {"origin": "https://film.example:8443"}
    refused = client.post("/api/projects", '{"name": "Film"}', content_type=JSON, headers=headers)
    message = envelope(refused.content, refused.headers["Content-Type"], 403)["message"]
    assert "opened at https://film.example:8443, but the request reached the studio as http://testserver." in message
    assert "proxy_set_header Host $http_host" in message


def test_a_token_needs_no_csrf_token(call: Caller) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {call.token}"})
    assert strict.post("/api/projects", '{"name": "Film"}', content_type=JSON).status_code == 201


def test_a_read_only_token(call: Caller) -> None:
    reader = Caller(call.user, read_only=True)
    make_project(call.user, "Film")
    reader("GET", "/projects/film")
    assert reader("DELETE", "/projects/film", status=403)["code"] == "forbidden"
    assert Project.objects.get().trashed_at is None


def test_strangers_see_nothing_and_viewers_change_nothing(call: Caller) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    asset = call.upload(scene, "a.jpg", picture())["id"]
    stranger, viewer = Caller(make_user()), Caller(make_user("vera"))
    call("POST", "/projects/film/members", {"username": "vera"}, status=201)
    folder, file = "/projects/film/folders/scene-1", f"/projects/film/folders/scene-1/assets/{asset}"
    reads = ["/projects/film", "/projects/film/folders", folder, "/projects/film/members", file]
    writes = [
        ("PATCH", "/projects/film"),
        ("DELETE", "/projects/film"),
        ("POST", "/projects/film/folders"),
        ("PATCH", folder),
        ("DELETE", folder),
        ("PATCH", file),
        ("DELETE", file),
    ]
    for address in reads:
        stranger("GET", address, status=404)
        viewer("GET", address)
    for method, address in writes:
        stranger(method, address, {}, status=404)
        assert viewer(method, address, {}, status=403)["code"] == "forbidden"
    viewer("POST", "/projects/film/members", {"username": "ada"}, status=403)
    viewer.upload(scene, "b.jpg", picture(), status=403)
    stranger.upload(scene, "b.jpg", picture(), status=404)
    assert stranger("GET", "/projects")["projects"] == []


def test_members(call: Caller) -> None:
    make_project(call.user, "Film")
    bob = Caller(make_user("bob"))
    body = {"username": "bob", "role": "editor"}
    assert call("POST", "/projects/film/members", body, status=201) == body | {"maySpend": False}
    call("POST", "/projects/film/members", body, status=409)
    assert (
        call("POST", "/projects/film/members", {"username": "nobody"}, status=422)["errors"][0]["field"] == "username"
    )
    members = call("GET", "/projects/film/members")["members"]
    assert [(m["username"], m["role"], m["maySpend"]) for m in members] == [
        ("ada", "owner", True),
        ("bob", "editor", False),
    ]
    assert call("PATCH", "/projects/film/members/bob", {"maySpend": True})["maySpend"] is True
    bob("PATCH", "/projects/film/members/bob", {"role": "owner"}, status=403)
    bob("DELETE", "/projects/film/members/ada", status=403)
    assert bob("DELETE", "/projects/film/members/bob") == {}
    bob("GET", "/projects/film", status=404)
    call("DELETE", "/projects/film/members/bob", status=404)
    call("DELETE", "/projects/film/members/ada", status=409)


# files


def test_the_content_of_an_upload_decides_its_kind(call: Caller) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    image = call.upload(scene, "../../Füße 🎬.html", picture(120, 80))
    assert (image["fileName"], image["path"]) == ("Füße 🎬.html.jpg", "scene-1/images/Füße 🎬.html.jpg")
    assert (image["mimeType"], image["width"], image["height"], image["source"]) == ("image/jpeg", 120, 80, "uploaded")
    assert "take" not in image
    assert call.upload(scene, "a.jpg", sound())["path"] == "scene-1/audio/a.wav"
    video = call.upload(scene, "b", clip())
    assert (video["path"], video["take"], video["selected"]) == ("scene-1/videos/b.mp4", None, False)
    shown = call("GET", "/projects/film/folders/scene-1")
    assert {name: len(entries) for name, entries in shown["assets"].items()} == {
        "images": 1,
        "audio": 1,
        "videos": 1,
        "exports": 0,
    }
    assert SceneSchema.model_validate(shown).assets.images[0].id == image["id"]
    assert shown["status"] == "has_content"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"<html>", 415, "unsupported_media"),
        (b"<svg/>", 415, "unsupported_media"),
        (b"PK\3\4" + b"\0" * 99, 415, "unsupported_media"),
        (b"", 422, "damaged_media"),
        (picture()[:-40], 422, "damaged_media"),
        (picture(800, 600, quality=100), 413, "too_large"),
    ],
)
def test_uploads_that_are_refused(call: Caller, settings: Settings, content: bytes, status: int, code: str) -> None:
    settings.MAX_IMAGE_BYTES = 5000
    scene = make_scene(make_project(call.user, "Film"))
    answer = call.upload(scene, "photo.jpg", content, status)
    assert answer["code"] == code
    assert answer["errors"][0]["field"] == "file"
    assert not Asset.objects.exists()


def test_uploads_without_a_file_or_not_as_a_form(call: Caller) -> None:
    make_scene(make_project(call.user, "Film"))
    address = "/projects/film/folders/scene-1/assets"
    response = call.client.post(f"/api{address}", {"file": "no file"})
    assert envelope(response.content, response.headers["Content-Type"], 422)["errors"] == [
        {"field": "file", "message": "file is missing."}
    ]
    assert call("POST", address, {"file": "x"}, status=422)["errors"][0]["field"] == "file"
    broken = call.client.generic("POST", f"/api{address}", b"--x\r\n", content_type="multipart/form-data; boundary=")
    assert envelope(broken.content, broken.headers["Content-Type"], 400)["code"] == "malformed_request"


def upload_all(call: Caller, scene: Scene, files: dict[str, Any], status: int = 201) -> Any:
    address = f"/api/projects/{scene.project.slug}/folders/{scene.folder_name}/assets"
    response = call.client.post(address, files)
    return envelope(response.content, response.headers["Content-Type"], status)


def test_several_files_of_one_form_are_all_stored(call: Caller) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    files = [SimpleUploadedFile("a.jpg", picture(80, 60)), SimpleUploadedFile("b.wav", sound())]
    stored = upload_all(call, scene, {"file": files})["assets"]
    assert [entry["path"] for entry in stored] == ["scene-1/images/a.jpg", "scene-1/audio/b.wav"]


def test_several_files_are_stored_all_or_none(call: Caller) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    files = [SimpleUploadedFile("a.jpg", picture(80, 60)), SimpleUploadedFile("b.txt", b"no picture")]
    answer = upload_all(call, scene, {"file": files}, 415)
    assert answer["message"].startswith("b.txt: This file is not")
    assert not Asset.objects.filter(trashed_at=None).exists()
    assert [path for path in scene.path.rglob("*") if path.is_file() and path.name != "scene.json"] == []


def test_a_file_under_another_name_is_refused(call: Caller) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    files = {"file": SimpleUploadedFile("a.jpg", picture(80, 60)), "file2": SimpleUploadedFile("b.wav", sound())}
    assert [error["field"] for error in upload_all(call, scene, files, 422)["errors"]] == ["file2"]
    assert not Asset.objects.exists()
    # the fields that uploaders of browsers add are no files
    form = {"file": SimpleUploadedFile("a.jpg", picture(80, 60)), "name": "a.jpg", "type": "image/jpeg"}
    assert upload_all(call, scene, form)["path"] == "scene-1/images/a.jpg"


def test_an_upload_needs_no_room_in_the_temporary_folder(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    content = encode(Image.effect_noise((1200, 1000), 90), "PNG")
    assert len(content) > 1024 * 1024
    assert call.upload(scene, "large.png", content)["bytes"] == len(content)


def test_a_full_disk(call: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    monkeypatch.setattr(uploads, "temporary_file", lambda _: open("/dev/full", "wb"))  # noqa: PTH123, SIM115
    assert call.upload(scene, "large.png", bytes(3 * 1024 * 1024), 503)["code"] == "disk_full"
    assert "the disk is full" in caplog.text
    assert not Asset.objects.exists()


def test_files_are_changed_and_deleted(call: Caller) -> None:
    scene = make_scene(make_project(call.user, "Film"))
    image, video = call.upload(scene, "a.jpg", picture()), call.upload(scene, "b.mp4", clip())
    address = f"/projects/film/folders/scene-1/assets/{image['id']}"
    assert call("GET", address) == image
    assert call("PATCH", address, {"fileName": "Still.png"})["path"] == "scene-1/images/Still.jpg"
    for body in ({"fileName": ""}, {"fileName": "a\0b"}, {"fileName": 1}, {"selected": 1}, {"selected": True}):
        assert call("PATCH", address, body, status=422)["errors"][0]["field"] == next(iter(body))
    chosen = call("PATCH", f"/projects/film/folders/scene-1/assets/{video['id']}", {"selected": True})
    assert chosen["selected"] is True
    assert call("DELETE", address) == {}
    call("GET", address, status=404)
    assert (scene.project.path / ".trash" / "scene-1" / "images" / "Still.jpg").is_file()


# the schema


def test_the_schema_and_its_page_need_no_other_host(client: Client) -> None:
    schema = client.get("/api/openapi.json").json()
    folder = "/api/projects/{project_id}/folders/{scene_id}"
    for address in ("/api/projects", "/api/projects/{project_id}", folder, f"{folder}/assets/{{asset_id}}/file"):
        assert address in schema["paths"]
    answers = schema["paths"]["/api/projects"]["post"]["responses"]
    assert answers["201"]["content"][JSON]["schema"]["$ref"].endswith("Success_Project_")
    assert answers["422"]["content"][JSON]["schema"]["$ref"].endswith("Failure")
    page = client.get("/api/docs")
    text = page.content.decode()
    assert "https://" not in text
    assert "<script>" not in text
    assert "'self'" in page.headers["Content-Security-Policy"]
