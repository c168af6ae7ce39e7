"""Where rows and folders disagree, and how a repair brings them together."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from generation.models import GenerationJob
from projects import actions
from projects.actions import members
from projects.disk import media
from projects.mirror import drift, scan
from projects.models import Asset, Project, Scene
from tests.factories import make_job, make_project, make_scene, make_user, owner_of
from tests.media import clip, picture

pytestmark = pytest.mark.django_db(transaction=True)


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = 0
    capsys.readouterr()
    try:
        call_command("check_folders", *arguments, "--json")
    except SystemExit as end:
        code = int(str(end.code))
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert set(result) == {"projects", "findings", "repaired"}
    assert all(set(finding) == {"kind", "path", "detail"} for finding in result["findings"])
    return code, result


def kinds(result: dict[str, Any]) -> dict[str, str]:
    return {finding["path"]: finding["kind"] for finding in result["findings"]}


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def project() -> Project:
    return make_project(name="Film")


def upload(scene: Scene, name: str, content: bytes | None = None) -> Asset:
    return actions.store_upload(scene, name, [content or picture()])


def test_each_kind_is_found_and_repaired(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = make_scene(project), make_scene(project)
    lost, renamed, moved, changed = (upload(one, f"{name}.jpg") for name in ("lost", "old", "moved", "changed"))
    assert check(capsys) == (0, {"projects": ["film"], "findings": [], "repaired": 0})
    lost.path.unlink()
    renamed.path.rename(renamed.path.with_name("new.jpg"))
    moved.path.rename(two.path / "images" / "moved.jpg")
    changed.path.write_bytes(picture(128, 72))
    (two.path / "images" / "extra.jpg").write_bytes(picture())
    (two.path / "videos" / "copying.mp4").write_bytes(clip()[:900])
    (two.path / "metadata" / "scene.json").unlink()
    (one.path / "images" / ".incoming-4194304-aa").write_bytes(b"half")
    expected = {
        "film/scene-1/images/lost.jpg": "missing",
        "film/scene-1/images/new.jpg": "renamed",
        "film/scene-2/images/moved.jpg": "moved",
        "film/scene-1/images/changed.jpg": "changed",
        "film/scene-2/images/extra.jpg": "extra",
        "film/scene-2/videos/copying.mp4": "half-written",
        "film/scene-1/images/.incoming-4194304-aa": "half-written",
        "film/scene-2/metadata/scene.json": "behind",
    }
    before, rows = tree(project.path), list(Asset.objects.order_by("pk").values("scene", "file_name", "sha256"))
    code, result = check(capsys, "film")
    assert (code, kinds(result), result["repaired"]) == (1, expected, 0)
    assert tree(project.path) == before
    assert list(Asset.objects.order_by("pk").values("scene", "file_name", "sha256")) == rows
    code, result = check(capsys, "film", "--repair")
    assert (code, kinds(result), result["repaired"]) == (1, expected, 6)
    # what nobody can repair stays: a file that is gone, and one that is not whole
    code, result = check(capsys)
    assert (code, kinds(result)) == (
        1,
        {"film/scene-1/images/lost.jpg": "missing", "film/scene-2/videos/copying.mp4": "half-written"},
    )
    moved.refresh_from_db()
    changed.refresh_from_db()
    assert (moved.scene, changed.width) == (two, 128)
    assert b"half" in tree(project.path).values()
    assert Asset.objects.filter(scene=two, file_name="extra.jpg", source="found").exists()


def test_a_take_that_moved_by_hand_takes_its_job_along(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = make_scene(project), make_scene(project)
    take = upload(one, "take-001.mp4", clip())
    job = make_job(one, status="completed", asset=take)
    take.path.rename(two.path / "videos" / "take-001.mp4")
    assert check(capsys, "--repair")[0] == 0
    moved = GenerationJob.objects.get(pk=job.pk)
    assert (moved.scene, moved.take, moved.outputs[0]["path"]) == (two, 1, "scene-2/videos/take-001.mp4")
    assert check(capsys) == (0, {"projects": ["film"], "findings": [], "repaired": 0})


def test_a_missing_take_stays_in_the_story_of_its_job(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    scene = make_scene(project)
    take = upload(scene, "take-001.mp4", clip())
    job = make_job(scene, status="completed", asset=take)
    content = take.path.read_bytes()
    take.path.unlink()
    assert check(capsys, "--repair")[0] == 1
    take.refresh_from_db()
    assert take.missing_since
    assert GenerationJob.objects.get(pk=job.pk).asset == take
    take.path.write_bytes(content)
    assert check(capsys, "--repair") == (0, {"projects": ["film"], "findings": [], "repaired": 0})
    take.refresh_from_db()
    assert take.missing_since is None


def test_only_changed_files_are_read(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = make_scene(project)
    asset = upload(scene, "a.jpg")
    read: list[str] = []

    def read_it(path: Path) -> str:
        read.append(path.name)
        return media.sha256_of(path)

    monkeypatch.setattr(drift, "sha256_of", read_it)
    check(capsys)
    assert read == []
    check(capsys, "--deep")
    assert read == ["a.jpg"]
    os.utime(asset.path, ns=(1, 1))
    check(capsys)
    check(capsys)
    assert read == ["a.jpg", "a.jpg"]


def test_deep_finds_what_kept_its_size_and_time(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    asset = upload(make_scene(project), "a.jpg")
    status, content = asset.path.stat(), bytearray(asset.path.read_bytes())
    content[-10] ^= 1
    asset.path.write_bytes(content)
    os.utime(asset.path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert check(capsys)[0] == 0
    assert kinds(check(capsys, "--deep")[1]) == {"film/scene-1/images/a.jpg": "changed"}


def test_a_copied_folder_of_a_scene_becomes_a_scene(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    scene = make_scene(project, "Opening")
    upload(scene, "a.jpg")
    shutil.copytree(scene.path, project.path / "scene-7")
    code, result = check(capsys)
    assert (code, kinds(result)) == (1, {"film/scene-7": "extra"})
    assert check(capsys, "--repair")[0] == 0
    copied = Scene.objects.get(project=project, number=7)
    assert [asset.file_name for asset in copied.assets.all()] == ["a.jpg"]
    assert scene.assets.count() == 1
    assert check(capsys)[0] == 0


def test_a_link_out_of_the_folder_is_no_file(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = make_scene(project)
    (tmp_path / "secret.jpg").write_bytes(picture())
    (scene.path / "images" / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    assert check(capsys, "--repair") == (0, {"projects": ["film"], "findings": [], "repaired": 0})
    assert not Asset.objects.exists()


def test_a_project_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=r"There is no project nothing\.") as error:
        call_command("check_folders", "nothing")
    assert error.value.returncode == 2


def test_a_repair_that_was_interrupted_goes_on(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        scene = make_scene(project)
        (scene.path / "images" / "new.jpg").write_bytes(picture())
    scan_folders, calls = scan.scan_folders, []

    def stop_at_the_second(scene: Scene) -> object:
        calls.append(scene)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return scan_folders(scene)

    with monkeypatch.context() as patch:
        patch.setattr(scan, "scan_folders", stop_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            call_command("check_folders", "--repair")
    assert Asset.objects.count() == 1
    assert check(capsys, "--repair")[1]["repaired"] == 2
    assert check(capsys)[0] == 0


def test_the_page(project: Project, client: Client) -> None:
    client.force_login(owner_of(project))
    scene = make_scene(project)
    assert "Check folder" in client.get("/projects/film/files/").content.decode()
    address = "/projects/film/files/check/"
    assert "Everything matches" in client.get(address).content.decode()
    (scene.path / "images" / "new.jpg").write_bytes(picture())
    shown = client.get(address).content.decode()
    assert "film/scene-1/images/new.jpg" in shown
    assert "Repair" in shown
    assert not Asset.objects.exists()
    answer = client.post(address, follow=True).content.decode()
    assert "Repaired 1 finding." in answer
    assert Asset.objects.get().file_name == "new.jpg"


def test_a_viewer_does_not_see_the_check(project: Project, client: Client) -> None:
    viewer = make_user()
    members.add_member(owner_of(project), project, viewer.username)
    client.force_login(viewer)
    assert "Check folder" not in client.get("/projects/film/files/").content.decode()
    assert client.get("/projects/film/files/check/").status_code == 403
