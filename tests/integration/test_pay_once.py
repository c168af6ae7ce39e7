"""Equal requests are paid for once: by a link to a finished file, by waiting for one in flight, or generated again."""

from __future__ import annotations

import io
import json
import threading
import time
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from generation import actions, tasks
from generation.batches import create, shotlist
from generation.engine import collect, reuse, submit, sweep
from generation.models import GenerationJob
from generation.models.status import Status
from generation.money import budget_settings
from generation.serializers import job_dict
from projects import actions as projects_actions
from projects.actions import assets, new_assets
from projects.models import Asset, Scene
from projects.problems import Problem
from tests.factories import owner_of
from tests.fakes.queue import MemoryQueue
from tests.fakes.runway import FakeRunway
from tests.integration.engine_steps import finished_there, look, poll_once, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def picture(scene: Scene, color: str = "navy") -> Asset:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 360), color).save(buffer, "PNG")
    return new_assets.store_upload(scene, "first.png", [buffer.getvalue()], only="image")


@pytest.fixture
def image(scene: Scene) -> Asset:
    return picture(scene)


def request(user: User, scene: Scene, image: Asset, **changes: Any) -> GenerationJob:
    values: dict[str, Any] = {"prompt_text": "push in", "ratio": "1280:720", "duration": 5, "seed": 7} | changes
    return look(actions.generate(user, scene, image=image, **values)[0])


def finished(job: GenerationJob, runway: FakeRunway, clip: bytes) -> GenerationJob:
    collect.collect(str(finished_there(job, runway, clip).pk))
    return look(job)


@pytest.fixture
def paid(owner: User, scene: Scene, image: Asset, runway: FakeRunway, clip: bytes) -> GenerationJob:
    job = finished(request(owner, scene, image), runway, clip)
    assert job.status == Status.COMPLETED
    return job


def estimate(job: GenerationJob) -> float:
    return float(look(job).credits_estimated or 0)


def file_of(job: GenerationJob) -> Path:
    assert job.asset
    return job.asset.path


def test_the_same_request_again_is_a_free_link(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, runway: FakeRunway
) -> None:
    again = request(owner, scene, image)
    assert (again.status, again.take) == (Status.COMPLETED, 2)
    assert again.credits_estimated == again.credits_charged == 0
    assert file_of(again).name == "take-002.mp4"
    assert file_of(again).samefile(file_of(paid))
    assert [move.status for move in again.events.filter(kind="move")] == ["queued", "completed"]
    assert job_dict(again)["cachedFrom"] == str(paid.pk)
    scene_json = json.loads((scene.path / "metadata" / "scene.json").read_text())
    assert scene_json["generation"]["videoRequests"][1]["cachedFrom"] == str(paid.pk)
    assert not again.ledger.exists()
    assert len(runway.creates) == 1


def test_the_check_is_nudged_after_the_commit(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = MemoryQueue.install(monkeypatch)
    with transaction.atomic():
        again = request(owner, scene, image)
        assert (str(again.pk),) not in queue.waiting("check")
    assert (str(again.pk),) in queue.waiting("check")


def test_which_requests_are_the_same(owner: User, scene: Scene, image: Asset, paid: GenerationJob) -> None:
    others: list[dict[str, Any]] = [
        {"reuse": False},
        {"seed": 8},
        {"prompt_text": "pull out"},
        {"duration": 10},
        {"model": "gen4.5"},
    ]
    assert [request(owner, scene, image, **changes).status for changes in others] == [Status.QUEUED] * len(others)
    assert request(owner, scene, image, reuse=True).status == Status.COMPLETED


def test_without_a_seed_reuse_must_be_requested(
    owner: User, scene: Scene, image: Asset, runway: FakeRunway, clip: bytes
) -> None:
    first = finished(request(owner, scene, image, seed=None), runway, clip)
    assert request(owner, scene, image, seed=None).status == Status.QUEUED
    assert request(owner, scene, image, seed=None, reuse=True).cached_from == first.pk


def test_input_files_are_compared_by_content(owner: User, scene: Scene, image: Asset, paid: GenerationJob) -> None:
    other_scene = projects_actions.create_scene(scene.project)
    assert request(owner, other_scene, picture(other_scene)).cached_from == paid.pk
    assert request(owner, other_scene, picture(other_scene, "teal")).cached_from is None
    # changed by hand, under the same name
    Image.new("RGB", (640, 360), "maroon").save(image.path, "PNG")
    assert request(owner, scene, image).cached_from is None


def test_clips_of_the_simulator_do_not_serve_runway_jobs(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, settings: Settings
) -> None:
    settings.RUNWAY_IS_SIMULATOR = True
    assert request(owner, scene, image).cached_from is None


def test_a_visible_take_of_another_project_serves(owner: User, scene: Scene, image: Asset, paid: GenerationJob) -> None:
    stranger = User.objects.create_user("stranger")
    theirs = projects_actions.create_scene(projects_actions.create_project(stranger, "Theirs"))
    assert request(stranger, theirs, picture(theirs)).status == Status.QUEUED
    projects_actions.add_member(owner_of(scene.project), scene.project, "stranger", "viewer")
    job = request(stranger, theirs, picture(theirs), reuse=True, seed=7)
    assert job.cached_from == paid.pk
    assert file_of(job).is_relative_to(theirs.path)


@pytest.mark.parametrize("harm", ["gone", "other bytes", "trashed"])
def test_a_damaged_source_is_generated_again(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, runway: FakeRunway, harm: str
) -> None:
    if harm == "gone":
        file_of(paid).unlink()
    elif harm == "trashed":
        assert paid.asset
        assets.trash_asset(paid.asset)
    else:
        file_of(paid).write_bytes(bytes(file_of(paid).stat().st_size))
    again = request(owner, scene, image)
    assert (again.status, estimate(again)) == (Status.QUEUED, 25)
    again = submitted(again)
    assert again.status == Status.PENDING
    assert len(runway.creates) == 2
    notes = list(again.events.filter(kind="note").values_list("message", flat=True))
    assert len(notes) == 1
    assert "generated again" in notes[0]


class PowerCut(BaseException):
    pass


def crash(job: GenerationJob, *_: object) -> None:
    """A crash after the job was created and before it was served: what remains is a claim that expires."""
    GenerationJob.objects.filter(pk=job.pk).update(claim_expires_at=timezone.now())


def test_a_source_that_is_lost_after_creation_is_paid_for_within_budgets(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, monkeypatch: pytest.MonkeyPatch, runway: FakeRunway
) -> None:
    monkeypatch.setattr("generation.engine.reuse.serve_new_job", crash)
    first, second = request(owner, scene, image), request(owner, scene, image)
    assert (first.status, estimate(first)) == (Status.QUEUED, 0)
    file_of(paid).unlink()
    budget_settings.set_budget(owner, project=scene.project, username=None, period="total", credits=25 + 25)  # type: ignore[arg-type]
    assert (submitted(first).status, estimate(first)) == (Status.PENDING, 25)
    assert submitted(second).waiting_code == "waiting_for_take"
    actions.cancel(owner, look(first))
    budget_settings.set_budget(owner, project=scene.project, username=None, period="total", credits=30)  # type: ignore[arg-type]
    second = submitted(second)
    assert (second.status, second.error_code) == (Status.FAILED, "budget_exceeded")
    assert len(runway.creates) == 2


def test_a_job_waits_for_the_same_request_in_flight(
    owner: User, scene: Scene, image: Asset, runway: FakeRunway, clip: bytes
) -> None:
    first = submitted(request(owner, scene, image))
    second = request(owner, scene, image)
    assert second.credits_estimated == 0
    second = submitted(second)
    assert (second.status, second.waiting_code) == (Status.QUEUED, "waiting_for_take")
    assert "take 1 of" in second.waiting_message
    runway.succeed(first.runway_task_id, clip)
    tasks.collect(str(poll_once(first).pk))
    assert look(second).due_at is None  # woken
    second = submitted(second)
    assert (second.status, second.cached_from, len(runway.creates)) == (Status.COMPLETED, first.pk, 1)


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_waiting_job_is_sent_when_the_first_one_ends_without_a_clip(
    owner: User, scene: Scene, image: Asset, runway: FakeRunway, end: str
) -> None:
    first = submitted(request(owner, scene, image))
    second, third = request(owner, scene, image), request(owner, scene, image)
    submitted(second)
    submitted(third)
    if end == "failed":
        runway.fail(first.runway_task_id, credits=None)
        assert poll_once(first).status == Status.FAILED
    else:
        actions.cancel(owner, first)
    assert (submitted(second).status, estimate(second)) == (Status.PENDING, 25)
    assert submitted(third).waiting_code == "waiting_for_take"
    assert len(runway.creates) == 2


def test_of_two_equal_requests_at_once_one_is_sent(
    owner: User, scene: Scene, image: Asset, runway: FakeRunway, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = request(owner, scene, image, reuse=True), request(owner, scene, image, reuse=True)
    GenerationJob.objects.update(credits_estimated=25)  # as if each was created before the other
    both = threading.Barrier(2, timeout=10)
    avoid_sending = reuse.ReuseAttempt.avoid_sending

    def avoid_then_wait(self: reuse.ReuseAttempt) -> bool:
        found = avoid_sending(self)
        both.wait()  # neither has seen that the other was sent
        return found

    monkeypatch.setattr(reuse.ReuseAttempt, "avoid_sending", avoid_then_wait)

    def send(job: GenerationJob) -> None:
        try:
            submit.submit(str(job.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[job]) for job in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted([look(first).status, look(second).status]) == [Status.PENDING, Status.QUEUED]
    assert len(runway.creates) == 1


def test_a_crash_between_link_and_commit_is_recovered(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, monkeypatch: pytest.MonkeyPatch, runway: FakeRunway
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr("generation.engine.reuse.ReuseAttempt._complete", cut)
        with pytest.raises(PowerCut):
            request(owner, scene, image)
    job = GenerationJob.objects.get(take=2)
    assert (job.status, job.asset) == (Status.QUEUED, None)
    assert (scene.path / "videos" / "take-002.mp4").exists()  # a file without a row …
    nudged: list[tuple[str, str]] = []
    monkeypatch.setattr("generation.engine.queues.nudge", lambda *entry: nudged.append(entry))
    sweep.sweep({})
    assert ("submit", str(job.pk)) in nudged
    assert submitted(job).status == Status.COMPLETED
    videos = sorted(path.name for path in (scene.path / "videos").iterdir())
    assert videos == ["take-001.mp4", "take-002.mp4"]  # … was found again
    assert len(runway.creates) == 1


def test_a_cached_job_needs_no_slot_and_no_nudge(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, runway: FakeRunway, monkeypatch: pytest.MonkeyPatch
) -> None:
    runway.limit("gen4_turbo", 0)
    submitted(request(owner, scene, image, seed=9))  # takes the only slot
    monkeypatch.setattr("generation.engine.reuse.serve_new_job", crash)
    job = request(owner, scene, image)
    nudged: list[tuple[str, str]] = []
    monkeypatch.setattr("generation.engine.queues.nudge", lambda *entry: nudged.append(entry))
    sweep.sweep({})
    assert ("submit", str(job.pk)) in nudged
    assert submitted(job).status == Status.COMPLETED


def test_cached_jobs_of_a_batch_are_linked_in_one_step(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, runway: FakeRunway, clip: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    damaged = finished(request(owner, scene, image, seed=8), runway, clip)
    nudged: list[tuple[str, ...]] = []
    monkeypatch.setattr("generation.engine.queues.nudge", lambda *entry: nudged.append(entry))
    values = {"scene": "scene-1", "promptText": "push in", "ratio": "1280:720", "duration": 5}
    rows = [{**values, "seed": seed} for seed in (7, 8, 7)]
    create.create_batch(owner, scene.project, shotlist.rows_from_items(rows))
    jobs = [str(job.pk) for job in GenerationJob.objects.filter(take__gte=3).order_by("take")]
    assert nudged == [("submit", *jobs)]
    file_of(damaged).unlink()

    with monkeypatch.context() as patch:
        patch.setattr("generation.engine.reuse.ReuseAttempt._complete", Mock(side_effect=[None, PowerCut]))
        with pytest.raises(PowerCut):
            tasks.submit(*jobs)
    assert not GenerationJob.objects.filter(pk__in=jobs, status=Status.COMPLETED).exists()

    tasks.submit(*jobs)
    assert [GenerationJob.objects.get(pk=key).status for key in jobs] == ["completed", "queued", "completed"]
    assert nudged[1:] == [("check", jobs[0], jobs[2]), ("submit", jobs[1])]
    scene_json = json.loads((scene.path / "metadata" / "scene.json").read_text())
    assert [take["take"] for take in scene_json["generation"]["completedVideos"]] == [1, 2, 3, 5]
    assert sorted(path.name for path in (scene.path / "videos").iterdir()) == [
        "take-001.mp4", "take-003.mp4", "take-005.mp4"
    ]  # fmt: skip
    assert len(runway.creates) == 2


def test_the_source_of_a_link_may_go_to_the_trash(owner: User, scene: Scene, image: Asset, paid: GenerationJob) -> None:
    again = request(owner, scene, image)
    assert paid.asset
    assets.trash_asset(paid.asset)
    assert file_of(again).is_file()
    third = request(owner, scene, image)
    # the remaining file serves, and the paid job is named as the source
    assert (third.status, third.cached_from) == (Status.COMPLETED, paid.pk)


def test_the_same_idempotency_key_returns_the_same_take(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob
) -> None:
    first = request(owner, scene, image, idempotency_key="k")
    assert request(owner, scene, image, idempotency_key="k").pk == first.pk
    with pytest.raises(Problem, match="Idempotency-Key"):
        request(owner, scene, image, idempotency_key="k", reuse=False)


def test_a_cache_hit_is_fast(owner: User, scene: Scene, image: Asset, paid: GenerationJob) -> None:
    seconds = []
    for _ in range(9):
        began = time.monotonic()
        request(owner, scene, image)
        seconds.append(time.monotonic() - began)
    assert sorted(seconds)[4] < 0.5  # `make bench` measures it


def test_without_hard_links_the_file_is_copied(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "no links here")

    monkeypatch.setattr("os.link", refuse)
    again = request(owner, scene, image)
    assert again.status == Status.COMPLETED
    assert not file_of(again).samefile(file_of(paid))
    assert file_of(again).read_bytes() == file_of(paid).read_bytes()
