"""Downloads that break off, expire, have wrong content, or find no space."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User

from generation import actions
from generation.engine import collect, download
from generation.engine.part_file import PartFile
from generation.models import GenerationJob
from generation.models.status import Status
from projects.disk.layout import part_path
from projects.models import Scene
from projects.net import connections
from tests.fakes.process_death import Death
from tests.fakes.runway import FakeRunway, faults
from tests.integration.engine_steps import finished_there, look, make_due, make_job, poll_once, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_broken_download_is_resumed(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    runway.fail_next("download", faults.CUT_HALFWAY)
    collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.waiting_code) == (Status.DOWNLOADING, "download_failed")
    make_due(job)
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    assert job.asset is not None
    assert job.asset.path.read_bytes() == clip


def test_an_expired_link_is_renewed(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    runway.fail_next("download", faults.EXPIRED)
    collect.collect(str(job.pk))
    assert look(job).waiting_code == "link_renewed"
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


@pytest.mark.parametrize("served", [b"", b"<html>no clip</html>", b"cut"], ids=["empty", "html", "cut"])
def test_a_file_that_is_not_a_clip_fails_the_job(
    job: GenerationJob, owner: User, runway: FakeRunway, clip: bytes, served: bytes
) -> None:
    job = finished_there(job, runway, clip)
    runway.outputs["clip.mp4"] = clip[: len(clip) // 2] if served == b"cut" else served
    for _ in range(3):
        make_due(job)
        collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.error_code, job.clip_may_come) == (Status.FAILED, "bad_clip", True)
    assert list((job.scene.path / "videos").iterdir()) == []
    runway.outputs["clip.mp4"] = clip
    assert actions.retry(owner, job)[0].pk == job.pk
    job = poll_once(job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED
    assert len(runway.creates) == 1


def test_a_busy_store_between_two_bad_files_is_no_bad_file(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    for fault in (faults.NO_CLIP, faults.BUSY, faults.NO_CLIP):
        runway.fail_next("download", fault)
        make_due(job)
        collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.waiting_code, job.attempts) == (Status.DOWNLOADING, "bad_clip", 3)


def test_a_full_disk_only_delays_a_download(
    job: GenerationJob, runway: FakeRunway, clip: bytes, projects_root: Path
) -> None:
    job = finished_there(job, runway, clip)
    videos = job.scene.path / "videos"
    videos.rmdir()
    videos.write_text("a file where the folder should be")
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.DOWNLOADING
    assert job.waiting_code == "folder_unwritable"
    videos.unlink()
    make_due(job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EACCES, errno.EPERM, errno.ENOTSUP, errno.EXDEV])
def test_a_share_without_links_and_flushes_of_folders_gets_the_clip(
    owner: User, scene: Scene, runway: FakeRunway, clip: bytes, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse_links_and_flushes_of_folders(monkeypatch, number)
    job = finished_there(make_job(owner, scene), runway, clip)
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    assert [path.name for path in (scene.path / "videos").iterdir()] == ["take-001.mp4"]
    assert (scene.path / "videos" / "take-001.mp4").read_bytes() == clip
    assert [path.name for path in (scene.path / "images").iterdir()] == ["first.png"]
    record = json.loads((scene.path / "metadata" / "scene.json").read_text())
    assert record["generation"]["completedVideos"][0]["jobId"] == str(job.pk)


def test_a_crash_after_a_renaming_costs_another_download_and_no_other_file(
    job: GenerationJob, runway: FakeRunway, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without links there is no second name left that proves that the file is whole."""
    refuse_links_and_flushes_of_folders(monkeypatch, errno.EINVAL)
    job = finished_there(job, runway, clip)
    with monkeypatch.context() as patch:
        patch.setattr(GenerationJob, "move_to", Mock(side_effect=Death))
        with pytest.raises(Death):
            collect.collect(str(job.pk))
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    assert [path.name for path in (job.scene.path / "videos").iterdir()] == ["take-001.mp4"]


def refuse_links_and_flushes_of_folders(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    fsync = os.fsync

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    def flush(descriptor: int) -> None:
        refuse() if stat.S_ISDIR(os.fstat(descriptor).st_mode) else fsync(descriptor)

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "fsync", flush)


def test_a_clip_that_was_renamed_before_a_crash_is_not_downloaded_again(
    job: GenerationJob, runway: FakeRunway, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = finished_there(job, runway, clip)
    with monkeypatch.context() as patch:
        patch.setattr(GenerationJob, "move_to", Mock(side_effect=Death))
        with pytest.raises(Death):
            collect.collect(str(job.pk))
    assert look(job).status == Status.DOWNLOADING
    runway.forget()
    runway.fail_next("download", *[faults.EXPIRED] * 3)
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    assert [path.name for path in (job.scene.path / "videos").iterdir()] == ["take-001.mp4"]
    assert (job.scene.path / "videos" / "take-001.mp4").read_bytes() == clip


def test_an_endless_download_is_stopped(
    job: GenerationJob, runway: FakeRunway, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "MAX_FILE_BYTES", 2**20)
    monkeypatch.setattr(download, "CHUNK_BYTES", 2**16)
    job = finished_there(job, runway, clip)
    runway.fail_next("download", faults.ENDLESS)
    collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.waiting_code) == (Status.DOWNLOADING, "clip_too_large")
    assert list((job.scene.path / "videos").iterdir()) == []
    make_due(job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


def test_a_slow_download_is_tried_again(
    job: GenerationJob, runway: FakeRunway, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr(download, "MIN_BYTES_PER_SECOND", 10**12)
    job = finished_there(job, runway, clip)
    collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.waiting_code) == (Status.DOWNLOADING, "download_failed")
    assert "too slow" in job.waiting_message


def test_a_download_in_tiny_pieces_is_tried_again(
    job: GenerationJob, runway: FakeRunway, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every piece arrives in time, but the file would never be complete."""
    monkeypatch.setattr(download, "GRACE_SECONDS", 0.2)
    job = finished_there(job, runway, clip)
    runway.fail_next("download", faults.DROPS)
    collect.collect(str(job.pk))
    assert "too slow" in look(job).waiting_message
    make_due(job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


def test_a_process_that_hangs_with_the_part_file_does_not_block_another(
    job: GenerationJob, runway: FakeRunway, clip: bytes
) -> None:
    job = finished_there(job, runway, clip)
    with PartFile(part_of(job)) as hanging:
        hanging.file.write(b"half of it")
        hanging.file.flush()
        collect.collect(str(job.pk))
        # it wakes up, and its file has no name any more
        hanging.file.truncate(0)
        hanging.drop()
    job = look(job)
    assert job.status == Status.COMPLETED
    assert job.asset is not None
    assert job.asset.path.read_bytes() == clip
    assert [path.name for path in job.asset.path.parent.iterdir()] == ["take-001.mp4"]


def test_a_complete_part_file_is_not_downloaded_again(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    part_of(job).write_bytes(clip)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED
    assert sum(path.startswith("/outputs/") for _, path in runway.requests) == 1


def part_of(job: GenerationJob) -> Path:
    return part_path(job.scene.path / "videos", str(job.pk))


LINKS_THAT_NEVER_WORK = [
    (None, "null is not an http or https address"),
    (7, "7 is not an http or https address"),
    (True, "true is not an http or https address"),
    ({"url": "https://example.org/x.mp4"}, '{"url": "https://example.org/x.mp4"} is not an http or https address'),
    (["https://example.org/x.mp4"], "is not an http or https address"),
    ("", "there is no link"),
    ("  ", "there is no link"),
    ("/outputs/x.mp4", "/outputs/x.mp4 is not an http or https address"),
    ("//example.org/x.mp4", "//example.org/x.mp4 is not an http or https address"),
    ("x.mp4", "x.mp4 is not an http or https address"),
    ("ftp://example.org/x.mp4", "ftp://example.org/x.mp4 is not an http or https address"),
    ("file:///etc/passwd", "file:///etc/passwd is not an http or https address"),
    ("data:video/mp4;base64,AAAA", "is not an http or https address"),
    ("https://", "https:// is not an http or https address"),
    ("http://[::1/x.mp4", "is not an http or https address"),
    ("https://example.org:99999/x.mp4", "is not an http or https address"),
    ("https://exam ple.org/x.mp4", "is not an http or https address"),
    ("https://example.org/" + "x" * 9000, "is not an http or https address"),
    ("https://name:word@example.org/x.mp4", "with a name or a password in it"),
    ("http://10.0.0.7/x.mp4", "it leads to 10.0.0.7, an address inside a private network"),
    ("http://localhost:9/x.mp4", "it leads to localhost, an address inside a private network"),
    ("http://[::1]/x.mp4", "an address inside a private network"),
    ("http://169.254.169.254/latest", "an address inside a private network"),
]


@pytest.mark.parametrize(("link", "reason"), LINKS_THAT_NEVER_WORK)
def test_a_link_that_can_never_work_fails_after_one_renewal(
    job: GenerationJob, runway: FakeRunway, link: object, reason: str
) -> None:
    job = submitted(job)
    runway.move(job.runway_task_id, "SUCCEEDED", output=[link], cost={"credits": 25})
    job = poll_once(job)
    polls = runway.tasks[str(job.runway_task_id)].polls
    collect.collect(str(job.pk))
    assert (look(job).status, look(job).waiting_code) == (Status.DOWNLOADING, "link_renewed")
    collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.error_code, job.clip_may_come) == (Status.FAILED, "link_unusable", True)
    assert reason in job.error_message
    assert job.credits_charged == 25
    assert runway.tasks[str(job.runway_task_id)].polls == polls + 1


def test_a_link_that_can_never_work_costs_no_second_clip(
    job: GenerationJob, owner: User, runway: FakeRunway, clip: bytes
) -> None:
    """A retry asks for the task again, whose link may work by then."""
    job = submitted(job)
    runway.move(job.runway_task_id, "SUCCEEDED", output=["x.mp4"], cost={"credits": 25})
    job = poll_once(job)
    for _ in range(2):
        collect.collect(str(job.pk))
    assert look(job).error_code == "link_unusable"
    runway.succeed(job.runway_task_id, clip)
    assert actions.retry(owner, look(job))[0].pk == job.pk
    job = poll_once(job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED
    assert len(runway.creates) == 1


@pytest.mark.parametrize("output", ["http://10.0.0.7/x.mp4", {"video": "https://example.org/x.mp4"}, 7])
def test_an_output_that_is_no_list_is_one_link(job: GenerationJob, runway: FakeRunway, output: object) -> None:
    job = submitted(job)
    runway.move(job.runway_task_id, "SUCCEEDED", output=output, cost={"credits": 25})
    job = poll_once(job)
    for _ in range(2):
        collect.collect(str(job.pk))
    assert (look(job).status, look(job).error_code) == (Status.FAILED, "link_unusable")


def test_a_link_that_can_never_work_is_renewed(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    """Also late: after other failures the new link is tried at once."""
    job = finished_there(job, runway, clip)
    GenerationJob.objects.filter(pk=job.pk).update(output_urls=["http://localhost:9/clip.mp4"], attempts=4)
    collect.collect(str(job.pk))
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


def redirected(to: str, status: int = 302) -> faults.Fault:
    return faults.refusal(status, headers={"Location": to})


@pytest.mark.parametrize(
    ("status", "where"),
    [
        (301, "/outputs/clip.mp4?moved=1"),
        (302, "clip.mp4?moved=1"),
        (303, "{url}/outputs/clip.mp4?moved=1"),
        (307, "/outputs/clip.mp4?moved=1"),
        (308, "clip.mp4?moved=1"),
    ],
)
def test_a_link_that_moved_within_its_host_is_followed(
    job: GenerationJob, runway: FakeRunway, clip: bytes, where: str, status: int
) -> None:
    job = finished_there(job, runway, clip)
    runway.fail_next("download", redirected(where.format(url=runway.url), status))
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


def test_a_link_that_moved_to_a_public_host_is_followed(
    job: GenerationJob, runway: FakeRunway, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "is_public", {"127.0.0.1": True, "::1": True}.__getitem__)
    job = finished_there(job, runway, clip)
    port = runway.url.rpartition(":")[2]
    # back again, too: the API's host stays allowed
    runway.fail_next("download", redirected(f"http://localhost:{port}/outputs/clip.mp4"))
    runway.fail_next("download", redirected(f"{runway.url}/outputs/clip.mp4"))
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


def test_a_download_is_resumed_over_a_redirect(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    moved = redirected("/outputs/clip.mp4")
    runway.fail_next("download", moved, faults.CUT_HALFWAY, moved)
    collect.collect(str(job.pk))
    half = part_of(job).stat().st_size
    assert 0 < half < len(clip)
    make_due(job)
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    assert job.asset is not None
    assert job.asset.path.read_bytes() == clip
    assert runway.ranges == ["", "", f"bytes={half}-", f"bytes={half}-"]


def test_a_store_that_answers_with_another_part_is_asked_for_the_whole(
    job: GenerationJob, runway: FakeRunway, clip: bytes
) -> None:
    job = finished_there(job, runway, clip)
    part_of(job).write_bytes(clip[:1000])
    span = {"Content-Range": f"bytes 0-{len(clip) - 1}/{len(clip)}"}
    runway.fail_next("download", faults.Fault("the whole as a part", 206, clip, faults.MP4, tuple(span.items())))
    collect.collect(str(job.pk))
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    assert job.asset is not None
    assert job.asset.path.read_bytes() == clip


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254, an address inside a private network"),
        ("http://localhost:9/clip.mp4", "localhost, an address inside a private network"),
        ("ftp://example.org/clip.mp4", "ftp://example.org/clip.mp4 is not an http or https address"),
        ("/outputs/clip.mp4", "redirects more than 3 times"),
    ],
)
def test_a_redirect_that_leads_nowhere_fails_after_one_renewal(
    job: GenerationJob, runway: FakeRunway, clip: bytes, to: str, reason: str
) -> None:
    job = finished_there(job, runway, clip)
    with runway.failing("download", redirected(to)):
        for _ in range(2):
            collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.error_code, job.clip_may_come) == (Status.FAILED, "link_unusable", True)
    assert reason in job.error_message


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_link_that_its_store_refuses_is_renewed(
    job: GenerationJob, runway: FakeRunway, clip: bytes, status: int
) -> None:
    job = finished_there(job, runway, clip)
    runway.fail_next("download", faults.refusal(status))
    collect.collect(str(job.pk))
    assert look(job).waiting_code == "link_renewed"


def test_a_page_instead_of_a_clip_is_not_taken_for_one(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    """The sign-in page of a network: it must not replace the half that is here already."""
    job = finished_there(job, runway, clip)
    runway.fail_next("download", faults.CUT_HALFWAY, faults.page(200))
    for _ in range(2):
        make_due(job)
        collect.collect(str(job.pk))
    assert "a page instead of a file" in look(job).waiting_message
    half = part_of(job).read_bytes()
    assert half == clip[: len(half)] != b""
    make_due(job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


@pytest.mark.parametrize("status", [302, 408, 425, 429, 500, 503])
def test_a_store_that_is_busy_is_asked_again(job: GenerationJob, runway: FakeRunway, clip: bytes, status: int) -> None:
    """A redirect that says not where to is no better."""
    job = finished_there(job, runway, clip)
    runway.fail_next("download", faults.refusal(status))
    collect.collect(str(job.pk))
    assert look(job).waiting_code == "download_failed"
    assert f"returned {status}" in look(job).waiting_message


def test_a_link_that_keeps_expiring_fails_and_can_be_retried(
    job: GenerationJob, owner: User, runway: FakeRunway, clip: bytes
) -> None:
    job = finished_there(job, runway, clip)
    runway.fail_next("download", *[faults.EXPIRED] * collect.MAX_ATTEMPTS)
    for _ in range(collect.MAX_ATTEMPTS):
        make_due(job)
        collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.clip_may_come) == (Status.FAILED, True)
    assert "at no cost" in job.error_message
    actions.retry(owner, job)
    job = poll_once(job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED
    assert len(runway.creates) == 1


def test_a_task_that_is_gone_with_its_link_fails_the_job(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    runway.forget()
    runway.fail_next("download", faults.EXPIRED)
    collect.collect(str(job.pk))
    assert (look(job).status, look(job).error_code) == (Status.FAILED, "clip_gone")


@pytest.mark.parametrize("status", [403, 404])
def test_a_page_on_the_way_is_no_word_of_runway_about_the_task(
    job: GenerationJob, runway: FakeRunway, clip: bytes, status: int
) -> None:
    job = finished_there(job, runway, clip)
    runway.fail_next("download", faults.EXPIRED)
    runway.fail_next("poll", faults.page(status))
    collect.collect(str(job.pk))
    assert (look(job).status, look(job).waiting_code) == (Status.DOWNLOADING, "download_failed")
    make_due(job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


def test_a_removed_folder_is_created_again(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    shutil.rmtree(job.scene.path)
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    assert (job.scene.path / "videos" / "take-001.mp4").read_bytes() == clip
    assert (job.scene.path / "metadata" / "scene.json").is_file()


def test_a_broken_scene_json_is_written_again(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    path = job.scene.path / "metadata" / "scene.json"
    path.write_text("{ broken")
    job = finished_there(job, runway, clip)
    collect.collect(str(job.pk))
    assert json.loads(path.read_text())["generation"]["completedVideos"][0]["jobId"] == str(job.pk)
