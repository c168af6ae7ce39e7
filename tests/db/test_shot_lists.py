"""Shot lists against a project: files and scenes by any spelling of their names, and what preview and start refuse."""

from __future__ import annotations

import base64
import io
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image

from generation.management.names import find_or_create_scene, find_project
from generation.models import Batch, GenerationJob
from projects import actions, mirror
from projects.mirror import rebuild
from projects.models import Asset, Project, Scene
from projects.problems import Problem
from tests import factories, media
from tests.spreadsheets import Formula, ods, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return factories.make_user("owner", is_staff=True)


@pytest.fixture
def client(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def film(owner: User) -> Project:
    """A film with two scenes, each with a picture that is older than those of the tests."""
    film = factories.make_project(owner, "Night ferry")
    for name in ("Harbour", "Café"):
        add_picture(factories.make_scene(film, name), "still.png", "gray")
    return film


def add_picture(scene: Scene, name: str, color: str = "navy") -> Asset:
    data = media.encode(Image.new("RGB", (640, 360), color), "PNG")
    return actions.store_upload(scene, name, [data], only="image")


def upload(client: Client, name: str, color: str = "navy") -> str:
    """Upload a JPEG to scene-1 as a browser does; return the reference to it."""
    data = media.encode(Image.new("RGB", (640, 360), color), "JPEG")
    path = "/api/projects/night-ferry/folders/scene-1/assets"
    answer = client.post(path, {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 201, answer.content
    return f"asset:{answer.json()['data']['id']}"


def post(client: Client, rest: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    body = {"projectId": "night-ferry", **body}
    answer = client.post(f"/api/batches{rest}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def requested(client: Client, csv: str) -> list[dict[str, Any]]:
    """The requests of a list, which preview and start agree on."""
    status, preview = post(client, "/preview", {"csv": csv})
    assert status == 200, preview
    status, started = post(client, "", {"csv": csv})
    assert status == 202, started
    jobs = GenerationJob.objects.filter(batch=started["data"]["batchId"]).order_by("batch_row", "created_at")
    items = preview["data"]["items"]
    assert [job.parameters for job in jobs] == [item["parameters"] for item in items]
    assert [job.scene.folder_name for job in jobs] == [item["sceneId"] for item in items]
    return list(items)


def refusal(client: Client, body: dict[str, Any]) -> list[str]:
    """What is wrong with a list, on which preview and start agree; nothing is started."""
    (status, preview), (started_status, started) = post(client, "/preview", body), post(client, "", body)
    assert (status, started_status) == (422, 422)
    assert preview == started
    assert not Batch.objects.exists()
    return [error["message"] for error in preview["errors"]]


@pytest.mark.parametrize(
    ("uploaded", "written"),
    [
        ("photo.jpeg", "photo.jpeg"),
        ("Foo.JPEG", "foo.jpg"),
        ("IMG_0001.JPG", "IMG_0001.JPG"),
        ("Größe.jpg", unicodedata.normalize("NFD", "Größe.jpg")),
        (unicodedata.normalize("NFD", "Größe.jpg"), "größe.jpg"),
        ("Screenshot 2026-11-27 at 1.05.03\u202fPM.jpg", "Screenshot 2026-11-27 at 1.05.03\u202fPM.jpg"),
        ("Screenshot 2026-11-27 at 1.05.03\u202fPM.jpg", "Screenshot 2026-11-27 at 1.05.03 PM.jpg"),
        ("a\u00a0b.jpg", "a b.jpg"),
        ("12:30 shot.jpg", "12:30 shot.jpg"),
        # as the Finder shows it
        ("12:30 shot.jpg", "12/30 shot.jpg"),
        ("c:d.jpg", "c:d.jpg"),
        ("data.jpg", "data.jpg"),
        ("http-logo.jpg", "http-logo.jpg"),
        ('say "hi"?.jpg', 'say "hi"?.jpg'),
        ("night – day.jpg", "night - day.jpg"),
        ("wrong-ending.png", "wrong-ending.png"),
        ("shot.jpg", "shot"),
        ("shot.jpg", "images/shot.jpg"),
        ("shot.jpg", "scene-1/images/shot.jpg"),
        ("shot.jpg", "HARBOUR/shot.jpg"),
    ],
)
def test_a_picture_is_found_by_the_name_that_it_was_uploaded_by(
    client: Client, film: Project, uploaded: str, written: str
) -> None:
    picture = upload(client, uploaded)
    upload(client, "newer.jpg", "red")
    cell = written.replace('"', '""')
    (item,) = requested(client, f'scene,prompt,image\nscene-1,push in,"{cell}"\n')
    assert item["parameters"]["promptImage"] == picture


def test_the_stored_name_counts_before_the_uploaded_one(client: Client, film: Project) -> None:
    first, second = upload(client, "img.jpg"), upload(client, "img.jpeg", "red")
    csv = "scene,image\nscene-1,img.jpg\nscene-1,img.jpeg\nscene-1,img-2.jpg\n"
    pictures = [item["parameters"]["promptImage"] for item in requested(client, csv)]
    assert pictures == [first, second, second]


def test_what_could_be_two_files_or_scenes_is_refused(client: Client, film: Project) -> None:
    upload(client, "img.jpg")
    upload(client, "img.jpeg", "red")
    factories.make_scene(film, "HARBOUR")
    factories.make_scene(film, "harbour\u00a0")
    csv = "scene,image\nscene-1,IMG.jpeg\nhaRBour,\nHARBOUR,\n"
    assert refusal(client, {"csv": csv}) == [
        "Row 1: promptImage: IMG.jpeg may be any of img.jpg, img-2.jpg. Give one of these names. Its image is"
        ' "IMG.jpeg".',
        'Row 2: scene must be one of scene-1, scene-3, scene-4: they are all called haRBour. Its scene is "haRBour".',
        "Row 3: HARBOUR has no picture yet: upload one, or name a file.",
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("missing.jpg", "promptImage: there is no file missing.jpg in scene-1."),
        ("scene-9/images/still.png", "promptImage: there is no file scene-9/images/still.png in scene-1."),
        ("still.jpg", "promptImage: there is no file still.jpg in scene-1."),
        ("ftp://x.test/a.png", "promptImage: there is no file ftp://x.test/a.png in scene-1."),
        ("data:nonsense", "promptImage must be an http or https address, a data URI"),
        (f"https://x.test/{'a' * 2048}", "The address must be at most 2048 characters long."),
    ],
)
def test_preview_and_start_refuse_the_same_files(client: Client, film: Project, written: str, message: str) -> None:
    (sentence,) = refusal(client, {"csv": f"scene,Image\nscene-1,{written}\n"})
    assert sentence.startswith(f"Row 1: {message}")
    assert f' Its Image is "{written[:60]}' in sentence


def test_a_picture_that_does_not_fit_is_refused_beside_an_address(client: Client, film: Project) -> None:
    """A preview looks at the files that are here, also where another one is not."""
    narrow = media.encode(Image.new("RGB", (100, 1000), "navy"), "PNG")
    actions.store_upload(film.scenes.get(number=1), "narrow.png", [narrow], only="image")
    (sentence,) = refusal(client, {"items": [{"scene": "scene-1", "promptImage": "narrow.png"}]})
    assert sentence.startswith("Row 1: narrow.png cannot be used: width / height must be")


@pytest.mark.parametrize(
    "written", ["Café", unicodedata.normalize("NFD", "Café"), "café ", "CAFÉ", "scene-2", "Scene-2", "Ca\u200bfé"]
)
def test_a_scene_is_found_by_any_spelling(client: Client, film: Project, written: str) -> None:
    (item,) = requested(client, f"scene,prompt\n{written},push in\n")
    assert item["sceneId"] == "scene-2"
    # the same in JSON
    assert post(client, "/preview", {"items": [{"scene": written, "prompt": "a"}]})[0] == 200


def test_a_number_that_pandas_wrote_is_the_name_of_a_scene(client: Client, film: Project) -> None:
    add_picture(factories.make_scene(film, "12"), "still.png")
    (item,) = requested(client, "scene,prompt\n12.0,push in\n")
    assert item["sceneId"] == "scene-3"


def test_cells_as_spreadsheets_write_them(client: Client, film: Project) -> None:
    csv = "scene,prompt,Model,duration,seed,takes,reuse\nscene-1,5.0,GEN4_Turbo,5.0,42.0,,WAHR\nscene-1,a,,,,2.0,\n"
    first, *takes = requested(client, csv)
    assert first["parameters"] | {"promptImage": ""} == {
        "promptText": "5.0",
        "duration": 5,
        "seed": 42,
        "ratio": "1280:720",
        "promptImage": "",
    }
    assert len(takes) == 2


def test_a_wrong_value_is_told_with_row_column_and_value(client: Client, film: Project) -> None:
    csv = "scene,Prompt,Duration,seed,takes\nscene-1,a,5.5,4.29E+09,\nscene-1,a,,,1_0\n"
    assert refusal(client, {"csv": csv}) == [
        "Row 1: duration must be a whole number of seconds, one of 2, 3, 4, 5, 6, 7, 8, 9, 10 for gen4_turbo."
        ' Its Duration is "5.5".',
        'Row 1: seed must be a whole number from 0 to 4294967295 for gen4_turbo. Its seed is "4.29E+09".',
        'Row 2: takes must be a whole number from 1 to 50. Its takes is "1_0".',
    ]
    assert refusal(client, {"items": [{"scene": "scene-1", "duration": [5]}]})[0].endswith("Its duration is [5].")


@pytest.mark.parametrize("write", [xlsx, ods])
def test_a_spreadsheet_in_a_call(client: Client, film: Project, write: Any) -> None:
    rows = [["scene", "prompt", "duration", "reuse"], ["Café", Formula('"a"&"b"', "ab"), 5.0, False]]
    body = {"file": base64.b64encode(write(rows)).decode()}
    status, preview = post(client, "/preview", body)
    assert (status, preview["data"]["credits"]) == (200, 25), preview
    assert preview["data"]["items"][0]["parameters"]["promptText"] == "ab"
    assert post(client, "", body)[0] == 202
    assert refusal_of_file(client, write([["scene"], ["scene-9"]]))[0].endswith('Its scene is "scene-9".')
    assert refusal_of_file(client, b"PK\x03\x04")[0].startswith("The file cannot be read: it is damaged")


def refusal_of_file(client: Client, data: bytes) -> list[str]:
    Batch.objects.all().delete()
    return refusal(client, {"file": base64.b64encode(data).decode()})


def test_a_call_names_one_list(client: Client, film: Project) -> None:
    assert post(client, "/preview", {"csv": "scene\nscene-1", "file": "YQ=="})[0] == 422


@pytest.mark.parametrize("name", ["Shots.xlsx", "shots.ods", "shots.csv"])
def test_the_command_takes_every_kind_of_file(
    film: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    rows = [["scene", "prompt"], ["Café", "push in"]]
    write = {".xlsx": xlsx, ".ods": ods, ".csv": lambda _: b"sep=;\rscene;prompt\rCaf\xc3\xa9;push in\r"}
    (tmp_path / name).write_bytes(write[name[-5:].lstrip("s")](rows))
    call_command("batch", "NIGHT  ferry", str(tmp_path / name.lower()), preview=True)
    assert "1 take, 25 credits" in capsys.readouterr().out


def test_the_command_reads_a_spreadsheet_from_stdin(
    film: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = xlsx([["scene"], ["scene-1"], ["scene-7"]])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    with pytest.raises(
        CommandError, match=r'(?s)Row 2: scene must be .* Its scene is "scene-7"\.\nNothing was started'
    ):
        call_command("batch", "night-ferry", "-")


@pytest.mark.parametrize("written", ["Night ferry", "night-ferry", "NIGHT FERRY", "Night\u00a0ferry ", "Night-Ferry"])
def test_a_command_makes_no_second_film_or_scene(film: Project, owner: User, written: str) -> None:
    for scene in ("Café", unicodedata.normalize("NFD", "café"), "Scene-2", "CAFÉ\u202f"):
        assert find_or_create_scene(owner, written, scene) == film.scenes.get(number=2)
    assert find_or_create_scene(owner, written, "Cafe").folder_name == "scene-3"
    assert Project.objects.get() == film


def test_a_command_asks_which_of_two_films_is_meant(film: Project, owner: User) -> None:
    other = factories.make_project(owner, "Night Ferry")
    assert find_project(owner, "Night Ferry") == other
    with pytest.raises(Problem, match="project must be one of night-ferry-2, night-ferry: they are all called night"):
        find_project(owner, "night ferry")


def test_the_uploaded_name_is_kept_in_scene_json_and_comes_back(client: Client, film: Project, owner: User) -> None:
    upload(client, "12:30 shot.JPEG")
    scene = film.scenes.get(number=1)
    entry = mirror.scene_dicts(Scene.objects.filter(pk=scene.pk))[0]["assets"]["images"][1]
    assert (entry["fileName"], entry["originalName"]) == ("12-30 shot.jpg", "12:30 shot.JPEG")
    answer = client.get(f"/api/projects/night-ferry/folders/scene-1/assets/{entry['id']}").json()["data"]
    assert answer == entry
    mirror.write_behind()
    Project.objects.all().delete()
    rebuild.rebuild(owner)
    rebuilt = client.get(f"/api/projects/night-ferry/folders/scene-1/assets/{entry['id']}").json()["data"]
    assert rebuilt == entry
    assert list(Asset.objects.order_by("file_name").values_list("original_name", flat=True)) == [
        "12:30 shot.JPEG",
        "still.png",
        "still.png",
    ]


def test_only_the_name_of_a_file_is_kept(film: Project) -> None:
    """Not what a data URI, an address or a frame is stored by."""
    assert add_picture(film.scenes.get(number=1), "picture").original_name == ""
    assert add_picture(film.scenes.get(number=2), "C:\\shots\\a b.PNG").original_name == "a b.PNG"


def test_a_search_finds_a_film_in_any_spelling(client: Client, film: Project) -> None:
    factories.make_project(factories.owner_of(film), "Other")
    for search in ("cafe", "NIGHT\u00a0ferry", "Night\u2009Fe"):
        page = client.get("/", {"q": search}).content.decode()
        assert "Night ferry" in page
        assert "Other" not in page
