"""The step that checks finished takes: one report each, a choice for scenes without one, and no harm to workers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from PIL import Image

from generation import actions, tasks
from generation.engine import check, holders, shutdown, sweep
from generation.models import GenerationJob, JobEvent
from generation.models.quality import QualityReport, QualityThumbnail
from generation.quality import subprocess
from generation.serializers import job_dict
from projects.actions import assets, new_assets
from projects.disk import probe
from projects.models import Asset, Scene
from tests import factories, media, quality_media
from tests.db.quality.takes import finish, look
from tests.fakes.queue import MemoryQueue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene() -> Scene:
    return factories.make_scene()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "good.mp4"
    return quality_media.save(path, quality_media.push_in(quality_media.place(), 2 * quality_media.FPS))


@pytest.fixture(scope="module")
def black(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return quality_media.save(tmp_path_factory.mktemp("clips") / "black.mp4", [quality_media.BLACK] * quality_media.FPS)


def chosen(scene: Scene) -> list[int | None]:
    return list(scene.assets.filter(selected=True).values_list("take", flat=True))


def scene_json(scene: Scene) -> dict[str, Any]:
    return dict(json.loads((scene.path / "metadata" / "scene.json").read_text()))


def test_good_take_is_reported_and_chosen(scene: Scene, good: Path) -> None:
    job = finish(scene, good)
    check.check(str(job.pk))
    job = look(job)
    assert job_dict(job)["quality"] == {"verdict": "pass", "reasons": [], "retryNote": None}
    assert (job.status, job.version, job.claimed_by, job.attempts) == ("completed", 2, "", 0)
    assert chosen(scene) == [1]
    written = scene_json(scene)
    assert written["generation"]["completedVideos"][0]["quality"]["verdict"] == "pass"
    (video,) = written["assets"]["videos"]
    assert (video["selected"], video["selectedAutomatically"]) == (True, True)
    # a person who chooses it confirms the choice
    actions.choose(job, True)
    (video,) = scene_json(scene)["assets"]["videos"]
    assert (video["selected"], video["selectedAutomatically"]) == (True, False)


def test_cached_take_is_not_decoded_again(scene: Scene, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = finish(scene, good)
    check.check(str(first.pk))
    other = factories.make_scene(scene.project)
    twins = [finish(place, good, cached_from=first.pk) for place in (scene, other)]
    monkeypatch.setattr(subprocess, "judge_in_subprocess", None)
    for job in twins:
        check.check(str(job.pk))
        assert look(job).quality.verdict == "pass"
        assert look(job).quality.facts == look(first).quality.facts
    assert (chosen(scene), chosen(other)) == ([1], [1])


def test_second_nudge_does_nothing(scene: Scene, good: Path) -> None:
    job = finish(scene, good)
    for _ in range(2):
        tasks.check(str(job.pk))
    assert QualityReport.objects.count() == 1
    assert look(job).version == 2


@pytest.mark.parametrize("status", ["queued", "downloading", "failed"])
def test_unfinished_job_is_not_checked(scene: Scene, good: Path, status: str) -> None:
    job = finish(scene, good)
    GenerationJob.objects.filter(pk=job.pk).update(status=status)
    tasks.check(str(job.pk))
    assert not QualityReport.objects.exists()


def test_failed_take_is_shown_but_not_chosen(scene: Scene, good: Path, black: Path) -> None:
    first, second = finish(scene, black), finish(scene, good)
    check.check(str(first.pk))
    assert chosen(scene) == []
    body = job_dict(look(first))
    assert body["quality"]["verdict"] == "fail"
    assert body["videoUrl"]
    check.check(str(second.pk))
    assert chosen(scene) == [2]
    # a person may still choose it
    first.refresh_from_db()
    assert first.asset
    assets.change_asset(first.asset, selected=True)
    assert chosen(scene) == [1]


def test_choice_of_a_person_stays(scene: Scene, good: Path) -> None:
    first, second = finish(scene, good), finish(scene, good)
    assert first.asset
    assets.change_asset(first.asset, selected=True)
    check.check(str(second.pk))
    assert chosen(scene) == [1]
    assert job_dict(look(second))["quality"]["reasons"] == []


def test_rejected_take_is_not_chosen(scene: Scene, good: Path) -> None:
    job = finish(scene, good)
    actions.annotate(job, rejected=True)
    check.check(str(job.pk))
    assert chosen(scene) == []


def test_duplicate_take_is_reported(scene: Scene, good: Path) -> None:
    for job in (finish(scene, good), finish(scene, good)):
        check.check(str(job.pk))
    (reason,) = job_dict(look(job))["quality"]["reasons"]
    assert (reason["code"], reason["level"]) == ("near_duplicate", "warn")
    assert "same file as take 1" in reason["message"]


def test_take_is_compared_with_its_request(scene: Scene, good: Path) -> None:
    picture = new_assets.store_upload(scene, "first.png", [media.picture(64, 36, "PNG")], only="image")
    given = {"ratio": "1280:720", "duration": 5, "audio": True}
    job = finish(scene, good, parameters=given, first_frame=picture)
    check.check(str(job.pk))
    codes = {reason["code"] for reason in job_dict(look(job))["quality"]["reasons"]}
    assert codes == {"size", "short", "silent", "other_picture"}


def test_thumbnail_needs_access_to_the_project(scene: Scene, black: Path, client: Client) -> None:
    job = finish(scene, black)
    check.check(str(job.pk))
    (reason,) = job_dict(look(job))["quality"]["reasons"]
    assert client.get(reason["thumbnailUrl"]).status_code == 401
    client.force_login(job.created_by)  # type: ignore[arg-type]
    answer = client.get(reason["thumbnailUrl"])
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert client.get(reason["thumbnailUrl"][:-1] + "7").status_code == 404


def test_sweep_queues_unchecked_takes(scene: Scene, good: Path, queue: MemoryQueue) -> None:
    """A worker died between `completed` and the report."""
    job = finish(scene, good)
    nudged: dict[str, float] = {}
    sweep.sweep(nudged)
    sweep.sweep(nudged)
    assert queue.waiting("check") == [(str(job.pk),)]
    check.check(str(job.pk))
    sweep.sweep({})
    assert queue.waiting("check") == [(str(job.pk),)]


def test_worker_without_its_claim_writes_nothing(scene: Scene, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = finish(scene, good)

    def stolen(*_: object) -> Any:
        GenerationJob.objects.filter(pk=job.pk).update(claimed_by=holders.new_token())
        return subprocess.not_checked("too late.")

    monkeypatch.setattr(subprocess, "judge_in_subprocess", stolen)
    check.check(str(job.pk))
    assert not QualityReport.objects.exists()
    assert look(job).checked_at is None


def test_stopping_worker_leaves_the_check_to_the_next(
    scene: Scene, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = finish(scene, good)
    shutdown.requested.set()
    try:
        check.check(str(job.pk))
    finally:
        shutdown.requested.clear()
    assert look(job).checked_at is None
    check.check(str(job.pk))
    assert job_dict(look(job))["quality"]["verdict"] == "pass"


def test_file_that_crashes_workers_is_given_up(scene: Scene, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = finish(scene, good)

    def crash(*_: object) -> Any:
        raise RuntimeError("as if")

    monkeypatch.setattr(subprocess, "judge_in_subprocess", crash)
    for _ in range(check.MAX_ATTEMPTS + 1):
        tasks.check(str(job.pk))
    job = look(job)
    assert job.status == "completed"
    assert [reason["code"] for reason in job_dict(job)["quality"]["reasons"]] == ["not_checked"]


def test_missing_file_is_reported(scene: Scene, good: Path) -> None:
    job = finish(scene, good)
    assert job.asset
    job.asset.path.unlink()
    check.check(str(job.pk))
    quality = job_dict(look(job))["quality"]
    assert (quality["verdict"], quality["reasons"][0]["code"]) == ("warn", "not_checked")


def test_trashed_take_is_not_checked(scene: Scene, good: Path) -> None:
    job = finish(scene, good)
    assert job.asset
    assets.trash_asset(job.asset)
    check.check(str(job.pk))
    assert job_dict(look(job))["quality"] is None
    assert look(job).checked_at


def test_scene_deleted_during_the_check_is_no_error(scene: Scene, good: Path) -> None:
    job = finish(scene, good)
    Scene.objects.filter(pk=scene.pk).update(trashed_at=job.finished_at)
    check.check(str(job.pk))
    assert job_dict(look(job))["quality"]["verdict"] == "pass"
    assert chosen(scene) == []


def test_only_one_of_two_takes_is_chosen(scene: Scene, good: Path) -> None:
    first, second = finish(scene, good), finish(scene, good)
    assert first.asset
    assert second.asset
    assert [assets.choose_first(asset) for asset in (second.asset, first.asset)] == [True, False]
    assert Asset.objects.filter(selected=True).get() == second.asset


def test_events_record_the_check(scene: Scene, black: Path, good: Path) -> None:
    for clip in (black, good):
        job = finish(scene, clip)
        check.check(str(job.pk))
    words = list(JobEvent.objects.order_by("pk").values_list("message", flat=True))
    assert words[0] == "Quality: fail. It is black from beginning to end."
    assert words[1:] == [
        "Quality: pass. No problems found.",
        "Chosen automatically, since the scene had no chosen take.",
    ]


def test_reports_and_thumbnails_are_deleted_with_their_job(scene: Scene, black: Path) -> None:
    job = finish(scene, black)
    check.check(str(job.pk))
    assert QualityThumbnail.objects.count() == 1
    with transaction.atomic():
        job.delete()
    assert not QualityThumbnail.objects.exists()


def test_one_report_covers_several_files(scene: Scene, tmp_path: Path) -> None:
    good, black = tmp_path / "good.png", tmp_path / "black.png"
    quality_media.place(0, 128, 72).save(good)
    Image.new("RGB", (128, 72)).save(black)
    job = finish(scene, good, kind="text_to_image", parameters={"promptText": "sea", "ratio": "16:9"})
    second = new_assets.add_generated(scene, black, probe.inspect(black), "image-001-2.png", 1)
    job.outputs = [{"assetId": str(job.asset_id)}, {"assetId": str(second.pk)}]
    job.save()
    check.check(str(job.pk))
    quality = job_dict(look(job))["quality"]
    assert quality["verdict"] == "fail"
    assert [reason["message"] for reason in quality["reasons"]] == [f"{second.file_name}: The picture is black."]
