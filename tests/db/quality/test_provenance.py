"""Sidecar files of generated files, and the disclosure sheet of a project."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from generation.engine import check
from projects import mirror
from projects.actions import assets, new_assets
from projects.disk.media import sha256_of
from projects.models import Scene
from tests import factories, media, quality_media
from tests.db.quality.takes import finish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene() -> Scene:
    return factories.make_scene(factories.make_project(factories.make_user("ada"), "Night ferry"), "Harbour")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return quality_media.save(
        tmp_path_factory.mktemp("clips") / "clip.mp4", quality_media.push_in(quality_media.place(), quality_media.FPS)
    )


def read(scene: Scene, name: str) -> dict[str, Any]:
    return dict(json.loads((scene.path / "metadata" / name).read_text()))


def take_of(scene: Scene, clip: Path, **values: Any) -> Any:
    picture = new_assets.store_upload(scene, "first.png", [media.encode(quality_media.place(), "PNG")], only="image")
    parameters = {"promptText": "=push in", "ratio": "16:9", "promptImage": f"asset:{picture.pk}"}
    job = finish(scene, clip, parameters=parameters, **values)
    mirror.changed(job.scene)
    return job, picture


def test_sidecar_records_the_origin_of_a_clip(scene: Scene, clip: Path) -> None:
    task = "0f0e0d0c-0000-4000-8000-000000000001"
    job, picture = take_of(scene, clip, runway_task_id=task)
    sidecar = read(scene, "take-001.json")
    assert (sidecar["path"], sidecar["sha256"]) == ("scene-1/videos/take-001.mp4", sha256_of(clip))
    assert (sidecar["jobId"], sidecar["taskId"], sidecar["person"], sidecar["model"]) == (
        str(job.pk),
        task,
        "ada",
        "gen4_turbo",
    )
    assert (sidecar["apiVersion"], sidecar["creditsCharged"], sidecar["parameters"]["promptText"]) == (
        "2024-11-06",
        25,
        "=push in",
    )
    assert sidecar["inputs"] == [
        {
            "assetId": str(picture.pk),
            "path": "scene-1/images/first.png",
            "mimeType": "image/png",
            "sha256": picture.sha256,
        }
    ]
    assert sidecar["c2pa"]["present"] is False
    assert job.asset.path.read_bytes() == clip.read_bytes()


def test_sidecar_is_written_once_and_rewritten_when_missing(scene: Scene, clip: Path) -> None:
    job, _ = take_of(scene, clip)
    path = scene.path / "metadata" / "take-001.json"
    before = path.stat().st_mtime_ns, path.read_bytes()
    assets.change_asset(job.asset, file_name="scene.mp4")
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert read(scene, "scene.json")["id"] == "scene-1"
    path.unlink()
    mirror.changed(scene)
    assert json.loads(path.read_bytes())["sha256"] == sha256_of(clip)


def test_sweep_writes_missing_sidecars(scene: Scene, clip: Path) -> None:
    take_of(scene, clip)
    (scene.path / "metadata" / "take-001.json").unlink()
    Scene.objects.filter(pk=scene.pk).update(mirrored_version=0)
    assert mirror.write_behind() == 1
    assert read(scene, "take-001.json")["take"] == 1


def test_each_output_has_a_sidecar(scene: Scene, clip: Path) -> None:
    outputs = [
        {"assetId": None, "path": f"scene-1/images/image-001{end}.png", "sha256": "0" * 64, "bytes": 1}
        for end in ("", "-2")
    ]
    job = finish(scene, clip, outputs=outputs, kind="text_to_image")
    mirror.changed(job.scene)
    assert read(scene, "image-001-2.json")["path"] == "scene-1/images/image-001-2.png"
    assert read(scene, "image-001.json")["c2pa"]["present"] is None  # the file is not there


def test_unfinished_take_has_no_sidecar(scene: Scene, clip: Path) -> None:
    finish(scene, clip, status="failed")
    mirror.changed(scene)
    assert [path.name for path in (scene.path / "metadata").glob("*.json")] == ["scene.json"]


@pytest.fixture
def film(scene: Scene, clip: Path) -> Scene:
    """Two takes, the first one chosen by itself; and a scene with nothing in it."""
    first, _ = take_of(scene, clip)
    check.check(str(first.pk))
    take_of(scene, clip)
    factories.make_scene(scene.project, "Open sea")
    return scene


def test_sheet_lists_the_files_of_the_project(film: Scene, client: Client) -> None:
    client.force_login(film.project.memberships.get().user)
    answer = client.get("/projects/night-ferry/disclosure.json")
    harbor, sea = json.loads(answer.content)["files"]
    assert (harbor["path"], harbor["chosen"], harbor["person"]) == ("scene-1/videos/take-001.mp4", True, "ada")
    assert (harbor["c2paPresent"], harbor["creditsCharged"], len(harbor["inputs"])) == (False, 25, 1)
    assert (sea["sceneName"], sea["path"], sea["model"]) == ("Open sea", None, None)
    whole = client.get("/api/projects/night-ferry/disclosure?takes=all").json()["data"]["files"]
    assert [row["take"] for row in whole] == [1, 2, None]
    page = client.get("/projects/night-ferry/disclosure/?takes=all").content.decode()
    assert page.count("Gen-4 Turbo") == 2
    assert "signatures are not verified" in page


def test_the_page_shows_the_first_takes_and_the_downloads_all(
    film: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(film.project.memberships.get().user)
    address = "/projects/night-ferry/disclosure"
    monkeypatch.setattr("generation.pages.disclosure.MAX_SHOWN", 1)
    page = client.get(f"{address}/?takes=all").content.decode()
    assert page.count("Gen-4 Turbo") == 1
    # what comes behind the last one is not said to be empty
    assert "Open sea" not in page
    assert "There are more files" in page
    assert len(client.get(f"{address}.json?takes=all").json()["files"]) == 3
    monkeypatch.setattr("generation.pages.disclosure.MAX_SHOWN", 2)
    page = client.get(f"{address}/?takes=all").content.decode()
    assert ("Open sea" in page, "There are more files" in page) == (True, False)


def test_csv_sheet_has_no_formulas(film: Scene, client: Client) -> None:
    client.force_login(film.project.memberships.get().user)
    answer = client.get("/projects/night-ferry/disclosure.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert (rows[0]["promptText"], rows[0]["take"], rows[1]["path"]) == ("'=push in", "1", "")
    assert rows[0]["inputs"].startswith("scene-1/images/first.png ")


def test_sheet_lists_chosen_uploads(film: Scene, client: Client) -> None:
    mine = new_assets.store_upload(film, "mine.mp4", [media.clip()])
    assets.change_asset(mine, selected=True)
    client.force_login(film.project.memberships.get().user)
    (row, _) = client.get("/api/projects/night-ferry/disclosure").json()["data"]["files"]
    assert (row["source"], row["model"], row["inputs"]) == ("uploaded", None, [])
