"""Rows and files: scene.json, project.json, the trash, files found on disk, rows made anew."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import re
import shutil
import threading
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from generation.models import GenerationJob
from projects import actions, mirror
from projects.actions import new_assets
from projects.disk import probe
from projects.disk.atomic import IncomingFile
from projects.disk.layout import SCENE_FOLDERS, part_path
from projects.disk.media import sha256_of
from projects.mirror import rebuild, scan, trash, write
from projects.mirror.locks import scene_file_locked
from projects.models import Asset, Project, Scene
from projects.problems import Problem
from projects.text.iso_time import iso_time
from tests import factories
from tests.factories import make_project, make_scene, make_user, owner_of
from tests.media import clip, picture, sound

pytestmark = pytest.mark.django_db(transaction=True)


def scene_json(scene: Scene) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((scene.path / "metadata" / "scene.json").read_bytes())
    return told


def project_json(project: Project) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((project.path / "project.json").read_bytes())
    return told


def upload(scene: Scene, name: str = "a.jpg", content: bytes | None = None) -> Asset:
    return actions.store_upload(scene, name, [content or picture()])


def make_job(scene: Scene, status: str = "running", take: int = 1, **fields: Any) -> GenerationJob:
    told = {"promptText": "slow push in", "ratio": "1280:720", "duration": 5}
    defaults: dict[str, Any] = {"project": scene.project, "model": "gen4_turbo", "parameters": told}
    return factories.make_job(scene, status=status, take=take, **defaults | fields)


def generated(scene: Scene, take: int, content: bytes | None = None) -> Asset:
    part = part_path(scene.path / "videos", f"job-{take}")
    part.write_bytes(content or clip())
    kept = new_assets.add_generated(scene, part, probe.inspect(part), f"take-{take:03d}.mp4", take)
    part.unlink()
    return kept


# scene.json and project.json


def test_a_new_scene_has_its_folders_and_its_file() -> None:
    scene = make_scene(make_project(name="My film"), "Opening")
    assert {path.name for path in scene.path.iterdir()} == set(SCENE_FOLDERS)
    told = scene_json(scene)
    assert told.pop("createdAt").endswith("Z")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told.pop("updatedAt"))
    assert told == {
        "schema": 2,
        "id": "scene-1",
        "projectId": "my-film",
        "name": "Opening",
        "position": 1,
        "reviewStatus": "none",
        "color": "none",
        "version": 2,
        "status": "empty",
        "assets": {"images": [], "audio": [], "videos": []},
        "generation": {"videoRequests": [], "completedVideos": []},
    }
    told = project_json(scene.project)
    assert (told["id"], told["name"], told["scenes"]) == ("my-film", "My film", ["scene-1"])


def test_scene_json_tells_files_and_jobs() -> None:
    scene = make_scene()
    image, tone, take = upload(scene), upload(scene, "tone.wav", sound()), generated(scene, 1)
    upload(scene, "clip.mp4", clip())
    job = make_job(scene, "completed", asset=take, first_frame=image, runway_task_id="task-1", progress=100)
    with transaction.atomic():
        mirror.changed(scene)
    told = scene_json(scene)
    assert told["status"] == "has_content"
    [entry] = told["assets"]["images"]
    assert entry == {
        "id": str(image.pk),
        "fileName": "a.jpg",
        "path": "scene-1/images/a.jpg",
        "mimeType": "image/jpeg",
        "bytes": image.bytes,
        "sha256": image.sha256,
        "width": 64,
        "height": 36,
        "duration": None,
        "source": "uploaded",
        "createdAt": iso_time(image.created_at),
    }
    assert [entry["fileName"] for entry in told["assets"]["audio"]] == [tone.file_name]
    videos = {entry["fileName"]: entry for entry in told["assets"]["videos"]}
    assert (videos["take-001.mp4"]["take"], videos["take-001.mp4"]["source"]) == (1, "generated")
    assert videos["clip.mp4"]["take"] is None
    [request] = told["generation"]["videoRequests"]
    assert (request["jobId"], request["taskId"], request["promptImage"]) == (str(job.pk), "task-1", image.relative_path)
    [video] = told["generation"]["completedVideos"]
    assert (video["path"], video["take"], video["sha256"]) == ("scene-1/videos/take-001.mp4", 1, take.sha256)


def test_a_list_of_scenes_has_only_the_newest_requests_of_each() -> None:
    scene, other = make_scene(), make_scene()
    jobs = [make_job(scene, "completed", take) for take in range(1, 5)]
    make_job(other, "completed")
    one, two = mirror.scene_dicts(Scene.objects.order_by("pk"), newest=2)
    assert [entry["jobId"] for entry in one["generation"]["videoRequests"]] == [str(job.pk) for job in jobs[2:]]
    assert one["generation"]["olderRequests"] is True
    assert "olderRequests" not in two["generation"]
    (whole,) = mirror.scene_dicts(Scene.objects.filter(pk=scene.pk))
    assert len(whole["generation"]["videoRequests"]) == 4


def test_a_scene_with_an_unfinished_job_is_generating() -> None:
    scene = make_scene()
    make_job(scene, "queued")
    assert mirror.scene_dicts(Scene.objects.filter(pk=scene.pk))[0]["status"] == "generating"
    GenerationJob.objects.update(status="unconfirmed")
    assert mirror.scene_dicts(Scene.objects.filter(pk=scene.pk))[0]["status"] == "empty"


def test_nothing_is_written_of_what_is_rolled_back() -> None:
    scene = make_scene()
    before = scene_json(scene)
    with transaction.atomic():
        Scene.objects.update(name="Never")
        mirror.changed(scene)
        transaction.set_rollback(True)
    assert scene_json(scene) == before


def test_a_disk_that_fails_does_not_fail_the_caller_and_is_caught_up_with() -> None:
    scene = make_scene()
    path = scene.path / "metadata" / "scene.json"
    path.unlink()
    path.mkdir()
    actions.change_scene(scene, name="Renamed")
    assert Scene.objects.get().name == "Renamed"
    assert mirror.write_behind() == 0
    path.rmdir()
    assert mirror.write_behind() == 1
    assert scene_json(scene)["name"] == "Renamed"
    assert mirror.write_behind() == 0


def _change_many_times(key: int, count: int) -> None:
    connection.close()
    scene = Scene.objects.get(pk=key)
    for _ in range(count):
        with transaction.atomic():
            mirror.changed(scene)
    connection.close()


def test_many_writers_end_with_the_newest_version_and_never_go_back() -> None:
    scene = make_scene()
    path = scene.path / "metadata" / "scene.json"
    seen: list[int] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            seen.append(json.loads(path.read_bytes())["version"])

    watcher = threading.Thread(target=watch)
    watcher.start()
    connection.close()
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_change_many_times, args=(scene.pk, 8), daemon=True) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    over.set()
    watcher.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert seen == sorted(seen)
    assert scene_json(scene)["version"] == Scene.objects.get().version == 2 + 24


def test_project_json_that_was_missed_is_written_at_the_next_start() -> None:
    project = make_project(name="My film")
    Project.objects.update(name="Our film")
    assert project_json(project)["name"] == "My film"
    mirror.at_start()
    assert project_json(project)["name"] == "Our film"


# projects and scenes


def test_the_same_name_twice_is_two_projects(projects_root: Path) -> None:
    assert [make_project(name="My film").slug for _ in range(3)] == ["my-film", "my-film-2", "my-film-3"]
    (projects_root / "by-hand").mkdir()
    assert make_project(name="By hand").slug == "by-hand-2"
    assert [make_project(name=name).slug for name in ("🎬", "فيلم")] == ["project", "project-2"]


def test_slugs_and_numbers_are_never_used_again(projects_root: Path) -> None:
    scene = make_scene(make_project(name="My film"))
    actions.trash_scene(scene)
    assert make_scene(scene.project).folder_name == "scene-2"
    actions.trash_project(scene.project)
    assert not scene.project.path.exists()
    assert make_project(name="My film").slug == "my-film-2"
    assert (projects_root / ".trash" / "my-film" / ".trash" / "scene-1" / "images").is_dir()


def test_a_project_that_cannot_be_made_leaves_nothing(projects_root: Path) -> None:
    owner = make_user()
    owner.delete()
    with pytest.raises(ValueError, match="unsaved"):
        actions.create_project(owner, "My film")
    assert [path.name for path in projects_root.iterdir()] == []


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "a\0b", "a\x1bb", "x" * 201])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(Problem) as caught:
        make_project(name=name)
    assert (caught.value.status, caught.value.fields[0].field) == (422, "name")
    scene = make_scene()
    for attempt in (lambda: actions.create_scene(scene.project, name), lambda: actions.change_scene(scene, name=name)):
        with pytest.raises(Problem):
            attempt()


def test_names_are_kept_as_they_are_given() -> None:
    assert make_project(name="  Die\n Füße 👩\u200d🚀  مرحبا ").name == "Die Füße 👩\u200d🚀 مرحبا"


def test_a_folder_that_somebody_made_by_hand_is_left_alone() -> None:
    project = make_project()
    (project.path / "scene-1").mkdir()
    assert make_scene(project).folder_name == "scene-2"
    assert list((project.path / "scene-1").iterdir()) == []


def order(project: Project) -> list[tuple[str, int]]:
    return [(scene.folder_name, scene.position) for scene in project.scenes.filter(trashed_at=None)]


def test_scenes_are_moved_and_their_order_has_no_gaps() -> None:
    project = make_project()
    one, two, three = (make_scene(project) for _ in range(3))
    actions.change_scene(three, position=1)
    assert order(project) == [("scene-3", 1), ("scene-1", 2), ("scene-2", 3)]
    actions.change_scene(three, position=2)
    assert order(project) == [("scene-1", 1), ("scene-3", 2), ("scene-2", 3)]
    assert project_json(project)["scenes"] == ["scene-1", "scene-3", "scene-2"]
    actions.trash_scene(one)
    assert order(project) == [("scene-3", 1), ("scene-2", 2)]
    assert [scene_json(scene)["position"] for scene in (three, two)] == [1, 2]
    for wrong in (0, 3, -1, 10**9, True):
        with pytest.raises(Problem, match="from 1 to 2"):
            actions.change_scene(two, position=wrong)
    assert make_scene(project).position == 3


def test_what_has_unfinished_jobs_is_not_deleted() -> None:
    scene = make_scene()
    image = upload(scene)
    job = make_job(scene, "queued", first_frame=image)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: actions.trash_scene(scene),
        lambda: actions.trash_project(scene.project),
        lambda: actions.trash_asset(image),
    )
    for attempt in attempts:
        with pytest.raises(Problem) as caught:
            attempt()
        assert (caught.value.status, caught.value.code) == (409, "unfinished_jobs")
    GenerationJob.objects.filter(pk=job.pk).update(status="failed")
    for attempt in (attempts[2], attempts[0], attempts[1]):
        attempt()


def test_a_crash_between_row_and_folder_is_made_good_at_the_next_start(projects_root: Path) -> None:
    project = make_project(name="One")
    scene, other = make_scene(project), make_scene(make_project(name="Two"))
    Scene.objects.filter(pk=scene.pk).update(trashed_at=timezone.now())
    Project.objects.filter(pk=other.project.pk).update(trashed_at=timezone.now())
    with IncomingFile(scene.path / "images") as incoming:
        left = incoming.path.rename(project.path / incoming.path.name)
        incoming.path.touch()
    mirror.at_start()
    assert not scene.path.exists()
    assert (project.path / ".trash" / "scene-1").is_dir()
    assert (projects_root / ".trash" / "two" / "scene-1").is_dir()
    assert not left.exists()
    assert trash.finish_trashing() == 0


def test_the_mirror_does_not_bring_back_a_deleted_scene() -> None:
    scene = make_scene()
    actions.trash_scene(scene)
    with transaction.atomic():
        mirror.changed(scene)
    assert mirror.write_behind() == 0
    assert not scene.path.exists()


# files


def test_an_upload_is_stored_under_a_safe_name_and_measured() -> None:
    scene = make_scene()
    content = picture(120, 80, "PNG")
    chunks = [content[start : start + 7] for start in range(0, len(content), 7)]
    asset = actions.store_upload(scene, "../../étude\u202e.exe", chunks)
    assert asset.file_name == "étude.exe.png"
    assert asset.path.read_bytes() == content
    assert (asset.mime_type, asset.width, asset.height, asset.bytes) == ("image/png", 120, 80, len(content))
    assert (asset.sha256, asset.source) == (sha256_of(asset.path), "uploaded")
    assert upload(scene, "étude.exe.png", picture(kind="PNG")).file_name == "étude.exe-2.png"


def test_sound_in_a_container_of_video_goes_to_the_sounds() -> None:
    asset = upload(make_scene(), "voice.mp4", sound("mp4", "aac"))
    assert (asset.kind, asset.file_name, asset.path.parent.name) == ("audio", "voice.m4a", "audio")


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 422), (b"text", 415), (picture()[:-50], 422), (b"x" * 600, 415), (picture(), 413)]
)
def test_an_upload_that_is_refused_leaves_nothing(content: bytes, status: int, settings: Any) -> None:
    settings.MAX_IMAGE_BYTES = 700 if status == 413 else 10**6
    scene = make_scene()
    with pytest.raises(Problem) as caught:
        actions.store_upload(scene, "a.jpg", [content])
    assert caught.value.status == status
    assert [field.field for field in caught.value.fields] == ["file"]
    assert not Asset.objects.exists()
    assert [path for path in scene.path.rglob("*") if path.is_file() and path.name not in ("scene.json", ".lock")] == []


def test_a_disk_that_is_full_is_told_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = make_scene()

    def no_room(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(Problem) as caught:
        upload(scene)
    assert (caught.value.status, caught.value.code) == (503, "disk_full")
    assert list((scene.path / "images").iterdir()) == []
    assert not Asset.objects.exists()


def test_a_field_that_wants_a_picture_refuses_all_else_as_that_field() -> None:
    scene = make_scene()
    for content in (b"text", clip(), b""):
        with pytest.raises(Problem) as caught:
            actions.store_upload(scene, "a", [content], only="image", field="promptImage")
        assert (caught.value.status, caught.value.fields[0].field) == (422, "promptImage")


def test_a_name_of_a_row_whose_file_is_gone_is_not_given_again() -> None:
    scene = make_scene()
    upload(scene).path.unlink()
    assert upload(scene).file_name == "a-2.jpg"


def test_uploads_to_a_deleted_scene_are_refused() -> None:
    scene = make_scene()
    actions.trash_scene(scene)
    with pytest.raises(Problem) as caught:
        upload(scene)
    assert caught.value.status == 404


def test_a_clip_that_comes_twice_is_one_asset() -> None:
    scene = make_scene()
    content = clip()
    first = generated(scene, 1, content)
    assert first.path == scene.path / "videos" / "take-001.mp4"
    assert generated(scene, 1, content) == first
    assert [path.name for path in (scene.path / "videos").iterdir()] == ["take-001.mp4"]


def test_a_clip_whose_row_was_never_committed_is_taken_as_it_stands() -> None:
    scene = make_scene()
    content = clip()
    (scene.path / "videos" / "take-001.mp4").write_bytes(content)
    assert generated(scene, 1, content).file_name == "take-001.mp4"
    assert [path.name for path in (scene.path / "videos").iterdir()] == ["take-001.mp4"]


def test_a_clip_never_replaces_a_file_of_somebody() -> None:
    scene = make_scene()
    (scene.path / "videos" / "take-001.mp4").write_bytes(b"somebody's")
    assert generated(scene, 1).file_name == "take-001-2.mp4"
    assert (scene.path / "videos" / "take-001.mp4").read_bytes() == b"somebody's"


def test_a_clip_of_a_deleted_scene_is_kept_in_the_trash() -> None:
    scene = make_scene()
    part = scene.path / "videos" / ".part"
    part.write_bytes(clip())
    details = probe.inspect(part)
    moved = part.rename(scene.project.path / ".part")
    actions.trash_scene(scene)
    new_assets.add_generated(scene, moved, details, "take-001.mp4", 1)
    trash.finish_trashing()
    assert (scene.project.path / ".trash" / "scene-1-2" / "videos" / "take-001.mp4").is_file()


def test_files_are_renamed_and_keep_their_ending() -> None:
    scene = make_scene()
    asset, other = upload(scene, "a.jpg"), upload(scene, "b.jpg")
    actions.change_asset(asset, file_name="Füße.png")
    assert asset.path.is_file()
    assert asset.file_name == "Füße.jpg"
    assert scene_json(scene)["assets"]["images"][0]["fileName"] == "Füße.jpg"
    actions.change_asset(asset, file_name="b.jpg")
    assert asset.file_name == "b-2.jpg"
    assert other.path.is_file()
    asset.path.unlink()
    with pytest.raises(Problem, match="missing on disk"):
        actions.change_asset(asset, file_name="c.jpg")
    asset.refresh_from_db()
    assert asset.file_name == "b-2.jpg"


def test_of_the_takes_of_a_scene_one_is_selected() -> None:
    scene = make_scene()
    first, second = generated(scene, 1), generated(scene, 2)
    actions.change_asset(first, selected=True)
    actions.change_asset(second, selected=True)
    assert [entry["selected"] for entry in scene_json(scene)["assets"]["videos"]] == [False, True]
    actions.change_asset(second, selected=False)
    assert not Asset.objects.filter(selected=True).exists()
    with pytest.raises(Problem) as caught:
        actions.change_asset(upload(scene), selected=True)
    assert caught.value.fields[0].field == "selected"


def test_a_deleted_file_is_in_the_trash_and_its_name_is_free() -> None:
    scene = make_scene()
    asset = upload(scene)
    content = asset.path.read_bytes()
    actions.trash_asset(asset)
    assert (scene.project.path / ".trash" / "scene-1" / "images" / "a.jpg").read_bytes() == content
    assert scene_json(scene)["status"] == "empty"
    assert upload(scene).file_name == "a.jpg"
    gone = upload(scene, "gone.jpg")
    gone.path.unlink()
    actions.trash_asset(gone)


def test_posters_are_made_once(tmp_path: Path) -> None:
    scene = make_scene()
    asset = upload(scene, "a.jpg", picture(1280, 720))
    path = actions.poster_of(asset)
    assert path == tmp_path / "cache" / "posters" / f"{asset.sha256}.jpg"
    made = path.stat().st_mtime_ns
    asset.path.unlink()
    assert actions.poster_of(asset).stat().st_mtime_ns == made
    path.unlink()
    with pytest.raises(Problem, match="missing on disk"):
        actions.poster_of(asset)
    with pytest.raises(Problem) as caught:
        actions.poster_of(upload(scene, "a.wav", sound()))
    assert caught.value.status == 404


# files put there by hand


def test_a_file_whose_name_the_disk_decomposes_has_one_row() -> None:
    scene = make_scene()
    asset = upload(scene, "Größe.jpg")
    # a file system that decomposes names lists this one, and opens the file by both
    listed = asset.path.with_name(unicodedata.normalize("NFD", asset.file_name))
    os.link(asset.path, listed)
    assert scan.scan_folders(scene).added == []
    # elsewhere these are two files
    listed.unlink()
    listed.write_bytes(picture())
    assert [added.file_name for added in scan.scan_folders(scene).added] == [listed.name]


def test_files_put_there_by_hand_become_assets() -> None:
    scene = make_scene()
    (scene.path / "images" / "My Photo.JPG").write_bytes(picture())
    (scene.path / "audio" / "tone.wav").write_bytes(sound())
    (scene.path / "videos" / "b.mp4").write_bytes(clip())
    (scene.path / "images" / "wrong.mp4").write_bytes(clip())
    (scene.path / "images" / "notes.txt").write_text("not for us")
    (scene.path / "images" / "bad\nname.jpg").write_bytes(picture())
    (scene.path / "images" / "link.jpg").symlink_to("/etc/passwd")
    Path(os.fsdecode(os.fsencode(scene.path) + b"/images/\xff.jpg")).write_bytes(picture())
    result = scan.scan_folders(scene)
    assert {asset.relative_path for asset in result.added} == {
        "scene-1/images/My Photo.JPG",
        "scene-1/audio/tone.wav",
        "scene-1/videos/b.mp4",
    }
    assert {asset.source for asset in result.added} == {"found"}
    assert len(result.refused) == 4
    assert any("does not belong in images/" in refusal for refusal in result.refused)
    assert scene_json(scene)["status"] == "has_content"
    again = scan.scan_folders(scene)
    assert (again.added, again.renamed, again.missing) == ([], [], [])


def test_a_file_renamed_by_hand_is_still_the_same_asset() -> None:
    scene = make_scene()
    asset, gone = upload(scene), upload(scene, "gone.jpg")
    asset.path.rename(asset.path.with_name("better.jpg"))
    gone.path.unlink()
    result = scan.scan_folders(scene)
    assert result.renamed == [asset]
    assert result.missing == [gone]
    assert result.added == []
    asset.refresh_from_db()
    assert asset.file_name == "better.jpg"
    assert scene_json(scene)["assets"]["images"][0]["fileName"] == "better.jpg"


# rows made anew


def forget_everything() -> None:
    GenerationJob.objects.all().delete()
    Project.objects.all().delete()


def test_rows_are_made_anew_from_the_folders() -> None:
    owner = make_user()
    project = make_project(owner, "My film")
    one, two = make_scene(project, "Opening"), make_scene(project, "End")
    actions.change_scene(two, position=1, review_status="in_review", color="blue")
    image, take = upload(one), generated(one, 3)
    actions.change_asset(take, selected=True)
    address = {"promptText": "slow push in", "promptImage": "https://example.org/a.jpg"}
    error = {"error_code": "SAFETY.INPUT.TEXT", "error_message": "No.", "error_retryable": False}
    jobs = [
        make_job(one, "completed", 3, asset=take, first_frame=image, runway_task_id="t3", credits_charged=25),
        make_job(one, "failed", 4, runway_task_id="t4", credits_estimated="12.5", **error),
        make_job(one, "running", 5, runway_task_id="t5", parameters=address, progress=40),
        make_job(one, "queued", 6),
        make_job(one, "submitting", 7),
    ]
    with transaction.atomic():
        mirror.changed(one)
    before = [scene_json(scene) for scene in (one, two)]
    told = project_json(project)
    forget_everything()
    other = make_user()
    result = rebuild.rebuild(other)
    assert (result.projects, result.scenes, result.files, result.jobs, result.notes) == (1, 2, 2, 5, [])
    restored = Project.objects.get()
    assert owner_of(restored) == owner
    assert (restored.name, restored.slug, restored.next_scene_number) == ("My film", "my-film", 3)
    assert order(restored) == [("scene-2", 1), ("scene-1", 2)]
    assert project_json(restored)["scenes"] == told["scenes"]
    tagged = restored.scenes.get(number=2)
    assert (tagged.review_status, tagged.color) == ("in_review", "blue")
    scene = restored.scenes.get(number=1)
    assert (scene.name, scene.next_take) == ("Opening", 8)
    after = scene_json(scene)
    assert after["assets"] == before[0]["assets"]
    assert after["createdAt"] == before[0]["createdAt"]
    statuses = {job.take: job.status for job in GenerationJob.objects.all()}
    assert statuses == {3: "completed", 4: "failed", 5: "running", 6: "cancelled", 7: "unconfirmed"}
    requests = {request["jobId"]: request for request in after["generation"]["videoRequests"]}
    for request in before[0]["generation"]["videoRequests"][:3]:
        assert requests[request["jobId"]] == request
    assert after["generation"]["completedVideos"] == before[0]["generation"]["completedVideos"]
    assert {job.pk for job in jobs} == set(GenerationJob.objects.values_list("pk", flat=True))
    again = rebuild.rebuild(other)
    assert (again.projects, again.scenes, again.files, again.jobs, again.notes) == (0, 0, 0, 0, [])


def test_folders_without_any_file_of_ours_are_taken_in(projects_root: Path) -> None:
    (projects_root / "old-film" / "scene-2" / "images").mkdir(parents=True)
    (projects_root / "old-film" / "scene-2" / "images" / "a.jpg").write_bytes(picture())
    (projects_root / "old-film" / "scene-02").mkdir()
    (projects_root / "empty").mkdir()
    (projects_root / "Not A Slug").mkdir()
    (projects_root / "a-file").write_text("")
    call_command("rebuild", verbosity=0)
    project = Project.objects.get()
    assert (project.name, project.next_scene_number, order(project)) == ("old-film", 3, [("scene-2", 1)])
    assert Asset.objects.get().source == "found"
    assert (project.path / "project.json").is_file()


def test_what_cannot_be_read_costs_only_itself() -> None:
    scene = make_scene(make_project(name="My film"), "Opening")
    kept = upload(scene)
    told = scene_json(scene)
    told["assets"]["images"] += [{"id": "x"}, 5, {**told["assets"]["images"][0], "id": "no-uuid"}]
    told["assets"]["images"].append({**told["assets"]["images"][0], "path": "../../../etc/passwd"})
    told["generation"]["videoRequests"] = [{"jobId": 1}, None]
    (scene.path / "metadata" / "scene.json").write_text(json.dumps(told))
    (scene.project.path / "project.json").write_bytes(b'{"name": "My f')
    forget_everything()
    result = rebuild.rebuild(make_user())
    assert Project.objects.get().name == "my-film"
    assert [asset.pk for asset in Asset.objects.all()] == [kept.pk]
    assert len([note for note in result.notes if "left out" in note]) == 3
    assert (scene.project.path / ".trash" / "project.json").read_bytes() == b'{"name": "My f'


def test_rebuild_does_not_bring_back_what_is_deleted() -> None:
    scene = make_scene()
    project = make_project(name="Other")
    Scene.objects.update(trashed_at=timezone.now(), version=F("version") + 1)
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now())
    shutil.copytree(scene.path, project.path / "scene-1")
    result = rebuild.rebuild(make_user())
    assert (result.projects, result.scenes) == (0, 0)


def test_a_writer_that_hangs_holds_up_nobody_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "LOCK_SECONDS", 0.2)
    scene = make_scene()
    with scene_file_locked(scene):
        began = time.monotonic()
        for _ in range(5):
            with transaction.atomic():
                mirror.changed(scene)
        # who has waited once does not wait again; neither does the sweep
        assert mirror.write_behind() == 0
        assert time.monotonic() - began < 2
    write._hung_until.clear()
    assert mirror.write_behind() == 1
    scene.refresh_from_db()
    assert scene.mirrored_version == scene.version
