"""The same request is paid once: served by a link, waited for while it is on its way, made again where that is gone."""

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
from django.db import connection
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from generation import actions, tasks
from generation.batches import create, shotlist
from generation.engine import cache, collect, submit, sweep
from generation.models import GenerationJob
from generation.models.status import Status
from generation.money import budget_settings
from generation.serializers import job_dict
from projects import actions as projects_actions
from projects.actions import assets
from projects.models import Asset, Scene
from projects.problems import Problem
from tests.fakes.runway import FakeRunway
from tests.integration.engine_steps import finished_there, look, poll_once, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def picture(scene: Scene, colour: str = "navy") -> Asset:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 360), colour).save(buffer, "PNG")
    return assets.store_upload(scene, "first.png", [buffer.getvalue()], only="image")


@pytest.fixture
def image(scene: Scene) -> Asset:
    return picture(scene)


def ask(user: User, scene: Scene, image: Asset, **changes: Any) -> GenerationJob:
    asked: dict[str, Any] = {"prompt_text": "push in", "ratio": "1280:720", "duration": 5, "seed": 7} | changes
    return look(actions.generate(user, scene, image=image, **asked)[0])


def done(job: GenerationJob, runway: FakeRunway, clip: bytes) -> GenerationJob:
    collect.collect(str(finished_there(job, runway, clip).pk))
    return look(job)


@pytest.fixture
def paid(owner: User, scene: Scene, image: Asset, runway: FakeRunway, clip: bytes) -> GenerationJob:
    job = done(ask(owner, scene, image), runway, clip)
    assert job.status == Status.COMPLETED
    return job


def estimate(job: GenerationJob) -> float:
    return float(look(job).credits_estimated or 0)


def file_of(job: GenerationJob) -> Path:
    assert job.asset
    return job.asset.path


def test_a_second_time_is_a_link_for_nothing(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, runway: FakeRunway
) -> None:
    again = ask(owner, scene, image)
    assert (again.status, again.take) == (Status.COMPLETED, 2)
    assert again.credits_estimated == again.credits_charged == 0
    assert file_of(again).name == "take-002.mp4"
    assert file_of(again).samefile(file_of(paid))
    assert [move.status for move in again.events.filter(kind="move")] == ["queued", "completed"]
    assert job_dict(again)["cachedFrom"] == str(paid.pk)
    told = json.loads((scene.path / "metadata" / "scene.json").read_text())
    assert told["generation"]["videoRequests"][1]["cachedFrom"] == str(paid.pk)
    assert not again.ledger.exists()
    assert len(runway.creates) == 1


def test_what_is_the_same(owner: User, scene: Scene, image: Asset, paid: GenerationJob) -> None:
    others: list[dict[str, Any]] = [
        {"reuse": False},
        {"seed": 8},
        {"prompt_text": "pull out"},
        {"duration": 10},
        {"model": "gen4.5"},
    ]
    assert [ask(owner, scene, image, **changes).status for changes in others] == [Status.QUEUED] * len(others)
    assert ask(owner, scene, image, reuse=True).status == Status.COMPLETED


def test_without_a_seed_only_who_asks_for_it(
    owner: User, scene: Scene, image: Asset, runway: FakeRunway, clip: bytes
) -> None:
    first = done(ask(owner, scene, image, seed=None), runway, clip)
    assert ask(owner, scene, image, seed=None).status == Status.QUEUED
    assert ask(owner, scene, image, seed=None, reuse=True).cached_from == first.pk


def test_a_file_is_known_by_its_content(owner: User, scene: Scene, image: Asset, paid: GenerationJob) -> None:
    other_scene = projects_actions.create_scene(scene.project)
    assert ask(owner, other_scene, picture(other_scene)).cached_from == paid.pk
    assert ask(owner, other_scene, picture(other_scene, "teal")).cached_from is None
    # painted over by hand, under the name that it had
    Image.new("RGB", (640, 360), "maroon").save(image.path, "PNG")
    assert ask(owner, scene, image).cached_from is None


def test_the_simulators_drawing_is_not_taken_for_runways(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, settings: Settings
) -> None:
    settings.RUNWAY_IS_SIMULATOR = True
    assert ask(owner, scene, image).cached_from is None


def test_across_projects_for_who_may_see_both(owner: User, scene: Scene, image: Asset, paid: GenerationJob) -> None:
    stranger = User.objects.create_user("stranger")
    theirs = projects_actions.create_scene(projects_actions.create_project(stranger, "Theirs"))
    assert ask(stranger, theirs, picture(theirs)).status == Status.QUEUED
    projects_actions.add_member(scene.project, "stranger", "viewer")
    job = ask(stranger, theirs, picture(theirs), reuse=True, seed=7)
    assert job.cached_from == paid.pk
    assert file_of(job).is_relative_to(theirs.path)


@pytest.mark.parametrize("harm", ["gone", "other bytes", "trashed"])
def test_a_file_that_is_not_whole_is_made_again_and_told(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, runway: FakeRunway, harm: str
) -> None:
    if harm == "gone":
        file_of(paid).unlink()
    elif harm == "trashed":
        assert paid.asset
        assets.trash_asset(paid.asset)
    else:
        file_of(paid).write_bytes(bytes(file_of(paid).stat().st_size))
    again = ask(owner, scene, image)
    assert (again.status, estimate(again)) == (Status.QUEUED, 25)
    again = submitted(again)
    assert again.status == Status.PENDING
    assert len(runway.creates) == 2
    notes = list(again.events.filter(kind="note").values_list("message", flat=True))
    assert len(notes) == 1
    assert "generated again" in notes[0]


class PowerCut(BaseException):
    pass


def die(job: GenerationJob, *_: object) -> None:
    """After the job was made, before it was served; what is left of us is a claim that runs out."""
    GenerationJob.objects.filter(pk=job.pk).update(claim_expires_at=timezone.now())


def test_what_is_harmed_after_the_door_is_paid_for_within_the_budgets(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, monkeypatch: pytest.MonkeyPatch, runway: FakeRunway
) -> None:
    monkeypatch.setattr("generation.engine.cache.serve_new_job", die)
    first, second = ask(owner, scene, image), ask(owner, scene, image)
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


def test_the_same_on_its_way_is_waited_for(
    owner: User, scene: Scene, image: Asset, runway: FakeRunway, clip: bytes
) -> None:
    first = submitted(ask(owner, scene, image))
    second = ask(owner, scene, image)
    assert second.credits_estimated == 0
    second = submitted(second)
    assert (second.status, second.waiting_code) == (Status.QUEUED, "waiting_for_take")
    assert "take 1 of" in second.waiting_message
    runway.succeed(first.runway_task_id, clip)
    collect.collect(str(poll_once(first).pk))
    assert look(second).due_at is None  # woken
    second = submitted(second)
    assert (second.status, second.cached_from, len(runway.creates)) == (Status.COMPLETED, first.pk, 1)


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_when_the_first_comes_to_nothing_the_second_is_sent(
    owner: User, scene: Scene, image: Asset, runway: FakeRunway, end: str
) -> None:
    first = submitted(ask(owner, scene, image))
    second, third = ask(owner, scene, image), ask(owner, scene, image)
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


def test_of_two_at_once_one_is_sent(
    owner: User, scene: Scene, image: Asset, runway: FakeRunway, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ask(owner, scene, image, reuse=True), ask(owner, scene, image, reuse=True)
    GenerationJob.objects.update(credits_estimated=25)  # as if each had come without a sight of the other
    both = threading.Barrier(2, timeout=10)
    avoid_sending = cache.CacheAttempt.avoid_sending

    def avoid_then_wait(self: cache.CacheAttempt) -> bool:
        found = avoid_sending(self)
        both.wait()  # neither has seen the other sent
        return found

    monkeypatch.setattr(cache.CacheAttempt, "avoid_sending", avoid_then_wait)

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


def test_a_crash_between_link_and_commit_leaves_nothing_behind(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, monkeypatch: pytest.MonkeyPatch, runway: FakeRunway
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr("generation.engine.cache.CacheAttempt._complete", cut)
        with pytest.raises(PowerCut):
            ask(owner, scene, image)
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


def test_what_can_be_had_for_nothing_needs_no_place_and_no_nudge(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, runway: FakeRunway, monkeypatch: pytest.MonkeyPatch
) -> None:
    runway.limit("gen4_turbo", 0)
    submitted(ask(owner, scene, image, seed=9))  # the one that fits
    monkeypatch.setattr("generation.engine.cache.serve_new_job", die)
    job = ask(owner, scene, image)
    nudged: list[tuple[str, str]] = []
    monkeypatch.setattr("generation.engine.queues.nudge", lambda *entry: nudged.append(entry))
    sweep.sweep({})
    assert ("submit", str(job.pk)) in nudged
    assert submitted(job).status == Status.COMPLETED


def test_of_a_batch_all_that_is_paid_is_linked_in_one_step(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, runway: FakeRunway, clip: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    harmed = done(ask(owner, scene, image, seed=8), runway, clip)
    nudged: list[tuple[str, ...]] = []
    monkeypatch.setattr("generation.engine.queues.nudge", lambda *entry: nudged.append(entry))
    asked = {"scene": "scene-1", "promptText": "push in", "ratio": "1280:720", "duration": 5}
    rows = [{**asked, "seed": seed} for seed in (7, 8, 7)]
    create.create_batch(owner, scene.project, shotlist.rows_from_items(rows))
    jobs = [str(job.pk) for job in GenerationJob.objects.filter(take__gte=3).order_by("take")]
    assert nudged == [("submit", *jobs)]
    file_of(harmed).unlink()

    with monkeypatch.context() as patch:
        patch.setattr("generation.engine.cache.CacheAttempt._complete", Mock(side_effect=[None, PowerCut]))
        with pytest.raises(PowerCut):
            tasks.submit(*jobs)
    assert not GenerationJob.objects.filter(pk__in=jobs, status=Status.COMPLETED).exists()

    tasks.submit(*jobs)
    assert [GenerationJob.objects.get(pk=key).status for key in jobs] == ["completed", "queued", "completed"]
    assert nudged[1:] == [("check", jobs[0], jobs[2]), ("submit", jobs[1])]
    told = json.loads((scene.path / "metadata" / "scene.json").read_text())
    assert [take["take"] for take in told["generation"]["completedVideos"]] == [1, 2, 3, 5]
    assert sorted(path.name for path in (scene.path / "videos").iterdir()) == [
        "take-001.mp4", "take-003.mp4", "take-005.mp4"
    ]  # fmt: skip
    assert len(runway.creates) == 2


def test_its_source_may_go_to_the_trash(owner: User, scene: Scene, image: Asset, paid: GenerationJob) -> None:
    again = ask(owner, scene, image)
    assert paid.asset
    assets.trash_asset(paid.asset)
    assert file_of(again).is_file()
    third = ask(owner, scene, image)
    # the one that is still there serves, and the one that was paid for is named
    assert (third.status, third.cached_from) == (Status.COMPLETED, paid.pk)


def test_the_same_key_gives_the_same_take(owner: User, scene: Scene, image: Asset, paid: GenerationJob) -> None:
    first = ask(owner, scene, image, idempotency_key="k")
    assert ask(owner, scene, image, idempotency_key="k").pk == first.pk
    with pytest.raises(Problem, match="Idempotency-Key"):
        ask(owner, scene, image, idempotency_key="k", reuse=False)


def test_a_hit_is_quick(owner: User, scene: Scene, image: Asset, paid: GenerationJob) -> None:
    seconds = []
    for _ in range(9):
        began = time.monotonic()
        ask(owner, scene, image)
        seconds.append(time.monotonic() - began)
    assert sorted(seconds)[4] < 0.5  # `make bench` looks closely


def test_without_hard_links_it_is_a_copy(
    owner: User, scene: Scene, image: Asset, paid: GenerationJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "no links here")

    monkeypatch.setattr("os.link", refuse)
    again = ask(owner, scene, image)
    assert again.status == Status.COMPLETED
    assert not file_of(again).samefile(file_of(paid))
    assert file_of(again).read_bytes() == file_of(paid).read_bytes()
