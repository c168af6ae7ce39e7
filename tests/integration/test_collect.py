"""Downloads that break off, expire, lie, or find no room."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from generation import actions
from generation.engine import collect
from generation.models import GenerationJob
from generation.status import Status
from tests.integration.steps import finished_there, look, make_due, poll_once
from tests.standin import Fault, StandIn

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_cut_download_goes_on_where_it_broke_off(job: GenerationJob, runway: StandIn, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    runway.clip_faults = [len(clip) // 2]
    collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.waiting_code) == (Status.DOWNLOADING, "download_failed")
    make_due(job)
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    assert job.asset is not None
    assert job.asset.path.read_bytes() == clip


def test_an_expired_link_is_renewed(job: GenerationJob, runway: StandIn, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    runway.clip_faults = [Fault(status=403)]
    collect.collect(str(job.pk))
    assert look(job).waiting_code == "link_renewed"
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


@pytest.mark.parametrize("served", [b"", b"<html>no clip</html>", b"cut"], ids=["empty", "html", "cut"])
def test_what_is_no_clip_is_never_completed(
    job: GenerationJob, owner: User, runway: StandIn, clip: bytes, served: bytes
) -> None:
    job = finished_there(job, runway, clip)
    runway.clips["clip.mp4"] = clip[: len(clip) // 2] if served == b"cut" else served
    for _ in range(3):
        make_due(job)
        collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.error_code, job.clip_may_come) == (Status.FAILED, "bad_clip", True)
    assert list((job.scene.path / "videos").iterdir()) == []
    runway.clips["clip.mp4"] = clip
    assert actions.retry(owner, job)[0].pk == job.pk
    job = poll_once(job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED
    assert len(runway.creates) == 1


def test_a_full_disk_gives_nothing_up(job: GenerationJob, runway: StandIn, clip: bytes, projects_root: Path) -> None:
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
