"""Takes, pictures and other files that move to another scene of their film."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from generation import references
from generation.actions.move_to_scene import Move, Place, move_to_scene
from generation.engine import claims
from generation.models import GenerationJob
from projects import actions, mirror
from projects.disk import relocation
from projects.mirror import scan, write
from projects.models import Asset, Scene
from projects.problems import Problem
from tests import factories, media
from tests.db.quality.takes import finish, look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene() -> Scene:
    return factories.make_scene(name="Rain")


@pytest.fixture
def other(scene: Scene) -> Scene:
    return factories.make_scene(scene.project, "Sand")


@pytest.fixture
def user(scene: Scene) -> User:
    return factories.owner_of(scene.project)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(media.clip(64, 36))
    return path


def scene_json(scene: Scene) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((scene.path / "metadata" / "scene.json").read_bytes())
    return data


def clip_of(job: GenerationJob) -> Asset:
    assert job.asset
    return job.asset


def move(user: User, asset: Asset, scene: Scene, **values: Any) -> Move:
    fresh = Asset.objects.select_related("scene__project").get(pk=asset.pk)
    return move_to_scene(user, fresh, Place(Scene.objects.get(pk=scene.pk), **values))


def test_a_take_moves_with_its_files_and_its_row(user: User, scene: Scene, other: Scene, clip: Path) -> None:
    finish(other, clip)
    finish(scene, clip)
    job = finish(scene, clip)
    actions.change_asset(clip_of(job), selected=True)
    mirror.changed(scene)
    old_path, content = clip_of(job).path, clip_of(job).path.read_bytes()
    assert (scene.path / "metadata" / "take-002.json").is_file()
    moved = move(user, clip_of(job), other)
    job = look(job)
    assert moved.what == "Take 2"
    assert (job.scene, job.take, clip_of(job).take, clip_of(job).selected) == (other, 2, 2, False)
    assert clip_of(job).path == other.path / "videos" / "take-002.mp4"
    assert clip_of(job).path.read_bytes() == content
    assert not old_path.exists()
    assert not (scene.path / "metadata" / "take-002.json").exists()
    record = json.loads((other.path / "metadata" / "take-002.json").read_bytes())
    assert (record["jobId"], record["path"], record["sceneId"]) == (
        str(job.pk),
        "scene-2/videos/take-002.mp4",
        "scene-2",
    )
    takes = {each.folder_name: [e["take"] for e in scene_json(each)["assets"]["videos"]] for each in (scene, other)}
    assert takes == {"scene-1": [1], "scene-2": [1, 2]}
    assert [entry["take"] for entry in scene_json(other)["generation"]["completedVideos"]] == [1, 2]
    assert "Moved from take 2 of Rain to take 2 of Sand" in [event.message for event in job.events.all()][-1]
    # the rows agree with the folders, and no scene.json lags behind or counts as newer
    assert not mirror.write_behind()
    for each in (scene, other):
        found = scan.scan_folders(each)
        assert not found.added
        assert not found.missing


def test_undoing_a_move_restores_number_name_and_choice(user: User, scene: Scene, other: Scene, clip: Path) -> None:
    job = finish(scene, clip)
    finish(other, clip)
    actions.change_asset(clip_of(job), selected=True)
    moved = move(user, clip_of(job), other)
    assert look(job).take == 2
    move(user, moved.asset, scene, number=moved.before.number, chosen=moved.before.chosen)
    job = look(job)
    assert (job.scene, job.take, clip_of(job).selected, clip_of(job).file_name) == (scene, 1, True, "take-001.mp4")
    assert clip_of(job).path.is_file()
    # the next take here does not get the number of one that came back
    assert finish(scene, clip).take == 2
    # a number that another take has, or that was never given out, is not used again
    move(user, clip_of(job), other)
    assert move(user, clip_of(job), scene, number=2).after.number == 3
    move(user, clip_of(job), other)
    assert move(user, clip_of(job), scene, number=99).after.number == 4


def test_a_picture_keeps_its_id_and_stays_a_first_frame(user: User, scene: Scene, other: Scene) -> None:
    picture = actions.store_upload(scene, "beach.jpg", [media.picture()])
    actions.store_upload(other, "beach.jpg", [media.picture(80, 45)])
    job = factories.make_job(scene, first_frame=picture, status="failed")
    moved = move(user, picture, other)
    assert (moved.what, moved.after.number) == ("beach-2.jpg", None)
    picture.refresh_from_db()
    assert picture.path == other.path / "images" / "beach-2.jpg"
    assert look(job).first_frame == picture
    assert references.to_asset(picture) == job.parameters["promptImage"]
    assert scene_json(scene)["assets"]["images"] == []


def test_the_original_of_a_converted_picture_goes_along(user: User, scene: Scene, other: Scene) -> None:
    picture = actions.store_upload(scene, "old.bmp", [media.picture(kind="BMP")])
    assert picture.original_path
    old = picture.original_path
    move(user, picture, other)
    picture = Asset.objects.select_related("scene__project").get(pk=picture.pk)
    assert picture.original_path == other.path / "images" / "originals" / "old.bmp"
    assert picture.original_path.is_file()
    assert not old.exists()


def test_all_pictures_of_one_job_move_together(user: User, scene: Scene, other: Scene, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(media.picture())
    job = finish(scene, path, kind="text_to_image", makes="image")
    assert job.makes == "image"
    move(user, clip_of(job), other)
    job = look(job)
    assert (job.scene, job.take, job.outputs[0]["path"]) == (other, 1, clip_of(job).relative_path)
    assert (Scene.objects.get(pk=other.pk).next_take, Scene.objects.get(pk=other.pk).next_image) == (1, 2)


def test_what_cannot_move(user: User, scene: Scene, other: Scene, clip: Path) -> None:
    picture = actions.store_upload(scene, "a.jpg", [media.picture()])
    factories.make_job(scene, first_frame=picture, status="running", take=9)
    done, checked, unfinished = finish(scene, clip), finish(scene, clip), finish(scene, clip)
    GenerationJob.objects.filter(pk=checked.pk).update(claimed_by="a", claim_expires_at=timezone.now() + claims.LEASE)
    GenerationJob.objects.filter(pk=unfinished.pk).update(status="downloading", finished_at=None)
    cases: list[tuple[Asset, Scene, int, str]] = [
        (clip_of(done), scene, 422, "another scene"),
        (clip_of(done), factories.make_scene(), 422, "another scene"),
        (picture, other, 409, "unfinished take"),
        (clip_of(checked), other, 409, "Quality control"),
        (clip_of(unfinished), other, 409, "still being made"),
    ]
    for asset, target, status, words in cases:
        with pytest.raises(Problem, match=words) as problem:
            move(user, asset, target)
        assert problem.value.status == status
    assert not other.assets.exists()
    assert not other.jobs.exists()


def test_a_move_that_fails_leaves_all_files_where_they_were(
    user: User, scene: Scene, other: Scene, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = finish(scene, clip)
    monkeypatch.setattr(GenerationJob, "publish_on_commit", lambda job: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        move(user, clip_of(job), other)
    assert look(job).scene == scene
    assert clip_of(look(job)).path.is_file()
    assert list((other.path / "videos").iterdir()) == []


def test_a_file_that_could_only_be_renamed_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.mp4").write_bytes(b"clip")

    def refuse(source: Path, target: Path) -> None:
        raise PermissionError

    monkeypatch.setattr("os.link", refuse)
    one = relocation.Relocation()
    target = one.link(tmp_path / "a.mp4", tmp_path / "there", "a.mp4")
    assert not (tmp_path / "a.mp4").exists()
    one.undo()
    assert (tmp_path / "a.mp4").read_bytes() == b"clip"
    assert not target.exists()


def test_a_missing_file_cannot_move(user: User, scene: Scene, other: Scene, clip: Path) -> None:
    job = finish(scene, clip)
    clip_of(job).path.unlink()
    with pytest.raises(Problem) as problem:
        move(user, clip_of(job), other)
    assert (problem.value.status, problem.value.code) == (404, "file_missing")


def test_the_folders_alone_know_where_a_take_went(user: User, scene: Scene, other: Scene, clip: Path) -> None:
    job = finish(scene, clip)
    mirror.changed(scene)
    rows = connection.creation.serialize_db_to_string()
    move(user, clip_of(job), other)
    connection.creation.deserialize_db_from_string(rows)
    # a database from before the move
    assert look(job).scene == scene
    mirror.take_in_newer()
    job = look(job)
    assert (job.scene, clip_of(job).scene, clip_of(job).trashed_at) == (other, other, None)
    assert clip_of(job).path.is_file()
    assert GenerationJob.objects.count() == Asset.objects.count() == 1
    for each in Scene.objects.all():
        write.write_scene(each.pk)
        assert not scan.scan_folders(each).added
