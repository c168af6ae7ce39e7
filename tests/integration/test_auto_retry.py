"""The automatic retry: off by default, once for a failed take, within its limits, and never paid twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_rq
import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client

from generation import actions, tasks
from generation.actions import auto_retry
from generation.engine import check, check_expectations, collect, sweep
from generation.models import Budget, GenerationJob, JobEvent, QualityReport
from generation.models.status import Status
from generation.quality import subprocess
from generation.quality.findings import Finding
from generation.quality.judgment import Judgment, Reason
from projects import actions as projects_actions
from projects.models import Scene
from tests import quality_media
from tests.factories import owner_of
from tests.fakes.runway import FakeRunway
from tests.integration.engine_steps import finished_there, look, make_job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def black(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("clips") / "black.mp4"
    return quality_media.save(path, [quality_media.BLACK] * quality_media.FPS).read_bytes()


@pytest.fixture(autouse=True)
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Judgment]:
    """The judgments of quality control, one for each check; the last is repeated. Real checks: tests/unit/quality."""
    verdicts = [failing("black")]

    def judge(*_: object) -> Judgment:
        return verdicts.pop(0) if len(verdicts) > 1 else verdicts[0]

    monkeypatch.setattr(subprocess, "judge_in_subprocess", judge)
    return verdicts


def failing(code: str, level: Any = "fail") -> Judgment:
    return Judgment(level, [Reason(Finding(code, level, f"It is {code}."), None)])


def enable(owner: User, scene: Scene, takes: int = 1, credits: int = 100) -> None:
    auto_retry.enable(owner, scene.project, takes=takes, credits=Decimal(credits))


def finish_and_check(job: GenerationJob, runway: FakeRunway, clip: bytes) -> GenerationJob:
    """Complete a job through the fake Runway, and check it."""
    job = finished_there(job, runway, clip)
    collect.collect(str(job.pk))
    tasks.check(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    return job


def history(job: GenerationJob) -> str:
    return "\n".join(JobEvent.objects.filter(job=job).order_by("pk").values_list("message", flat=True))


def automatic_retries(scene: Scene) -> list[GenerationJob]:
    """The takes that were created by the automatic retry, in order."""
    return list(scene.jobs.filter(automatic=True).order_by("take"))


def test_off_by_default(job: GenerationJob, scene: Scene, runway: FakeRunway, black: bytes) -> None:
    job = finish_and_check(job, runway, black)
    assert job.quality.verdict == "fail"
    assert (automatic_retries(scene), job.quality.retry_note, len(runway.creates)) == ([], "", 1)


def test_a_failed_take_is_retried_once_and_both_histories_say_so(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, black: bytes
) -> None:
    enable(owner, scene)
    job = finish_and_check(job, runway, black)
    (again,) = automatic_retries(scene)
    assert (again.take, again.created_by, again.retry_of, again.reuse) == (2, owner, job, False)
    assert again.parameters == job.parameters
    assert job.quality.retry_note == "Retried automatically as take 2, in the name of owner."
    assert job.quality.retry_note in history(job)
    assert "Automatic retry 1 of 1 of take 1, in the name of owner. It is black." in history(again)
    finish_and_check(again, runway, black)
    assert len(runway.creates) == 2
    assert runway.creates[0] == runway.creates[1]
    # it was the last allowed one, so there is no loop
    assert "automatic retries of this take are used" in history(look(again))
    assert len(automatic_retries(scene)) == 1


def test_the_limit_of_retries_of_one_take(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, black: bytes
) -> None:
    enable(owner, scene, takes=2)
    while job:
        job = finish_and_check(job, runway, black)
        job = getattr(job, "successor", None)  # type: ignore[assignment]
    assert [each.take for each in automatic_retries(scene)] == [2, 3]
    assert len(runway.creates) == 3


def test_a_good_take_ends_the_retries(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, black: bytes, judged: list[Judgment]
) -> None:
    enable(owner, scene, takes=3)
    judged.append(Judgment("pass"))
    finish_and_check(job, runway, black)
    (again,) = automatic_retries(scene)
    again = finish_and_check(again, runway, black)
    assert (again.quality.verdict, len(automatic_retries(scene))) == ("pass", 1)
    assert again.asset
    assert again.asset.selected


@pytest.mark.parametrize("code", ["not_checked", "near_duplicate", "black"])
def test_a_warning_is_not_retried(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, black: bytes, judged: list[Judgment], code: str
) -> None:
    enable(owner, scene)
    judged[:] = [failing(code, "warn")]
    finish_and_check(job, runway, black)
    assert automatic_retries(scene) == []


def test_the_limit_of_credits_counts_for_the_whole_project(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, black: bytes
) -> None:
    enable(owner, scene, credits=40)
    other = make_job(owner, scene)
    finish_and_check(job, runway, black)
    assert len(automatic_retries(scene)) == 1  # unfinished, so its estimate counts
    other = finish_and_check(other, runway, black)
    assert len(automatic_retries(scene)) == 1
    said = "10 credits short: it costs about 25, and automatic retries of this project have 15 of 40 left."
    assert said in other.quality.retry_note
    assert said in history(other)
    # nothing is held for a take that was not created
    found = auto_retry.find_rule(scene.project)
    assert found
    assert auto_retry.spent_credits(found) == 25


def test_a_budget_that_blocks_a_retry_is_named(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, black: bytes
) -> None:
    enable(owner, scene)
    Budget.objects.create(scope="x", project=scene.project, period="total", credits=30)
    job = finish_and_check(job, runway, black)
    assert automatic_retries(scene) == []
    assert "20 credits short" in history(job)
    sweep.sweep({})
    tasks.check(str(job.pk))
    assert len(runway.creates) == 1


@pytest.mark.parametrize("how", ["right", "membership", "account", "switched off"])
def test_it_stops_when_its_person_loses_the_right(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, black: bytes, how: str
) -> None:
    ben = User.objects.create_user("ben")
    projects_actions.add_member(owner_of(scene.project), scene.project, "ben", "editor", may_spend=True)
    enable(ben, scene)
    job = finished_there(job, runway, black)
    collect.collect(str(job.pk))
    check.check(str(job.pk))
    if how == "right":
        projects_actions.change_member(owner_of(scene.project), scene.project, "ben", may_spend=False)
    elif how == "membership":
        projects_actions.remove_member(owner_of(scene.project), scene.project, "ben")
    elif how == "account":
        User.objects.filter(pk=ben.pk).update(is_active=False)
    else:
        auto_retry.disable(owner, scene.project)
    tasks.check(str(job.pk))
    assert automatic_retries(scene) == []
    words = "was turned off" if how == "switched off" else "ben may no longer spend on this project"
    assert words in history(job)


def test_a_crash_between_report_and_retry_is_found_by_the_sweep(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, black: bytes, redis_server: redis.Redis
) -> None:
    enable(owner, scene)
    job = finished_there(job, runway, black)
    collect.collect(str(job.pk))
    check.check(str(job.pk))  # the report is written, but the retry was not run
    assert automatic_retries(scene) == []
    redis_server.flushall()
    sweep.sweep({})
    assert [entry.args[0] for entry in django_rq.get_queue("check").jobs] == [str(job.pk)]
    tasks.check(str(job.pk))
    assert len(automatic_retries(scene)) == 1
    redis_server.flushall()
    sweep.sweep({})
    assert django_rq.get_queue("check").jobs == []


def test_a_crash_within_the_retry_has_done_nothing(
    job: GenerationJob,
    owner: User,
    scene: Scene,
    runway: FakeRunway,
    black: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enable(owner, scene)
    with monkeypatch.context() as patch:
        patch.setattr(auto_retry, "_check_credits", lambda *_: 1 / 0)
        job = finish_and_check(job, runway, black)
        assert automatic_retries(scene) == []
        assert job.quality.retry_due
        assert scene.jobs.count() == 1
    tasks.check(str(job.pk))
    assert [each.take for each in automatic_retries(scene)] == [2]


def test_later_nudges_do_nothing(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, black: bytes
) -> None:
    enable(owner, scene)
    job = finish_and_check(job, runway, black)
    for _ in range(2):
        tasks.check(str(job.pk))
    # even when the decision is lost, since the idempotency key and the successor exist
    QualityReport.objects.filter(job=job).update(retry_due=True)
    tasks.check(str(job.pk))
    assert len(automatic_retries(scene)) == 1


def test_it_waits_while_redis_is_away(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, black: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    enable(owner, scene)
    with monkeypatch.context() as patch:
        patch.setattr("generation.engine.queues.is_redis_up", lambda: False)
        job = finish_and_check(job, runway, black)
        assert (automatic_retries(scene), job.quality.retry_due, job.quality.retry_note) == ([], True, "")
    tasks.check(str(job.pk))
    assert len(automatic_retries(scene)) == 1


def test_takes_finished_before_it_was_enabled_are_not_retried(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, black: bytes
) -> None:
    job = finished_there(job, runway, black)
    collect.collect(str(job.pk))
    enable(owner, scene)
    tasks.check(str(job.pk))
    assert automatic_retries(scene) == []


def test_a_cached_take_is_neither_retried_nor_reported_as_duplicate(
    owner: User, scene: Scene, runway: FakeRunway, black: bytes
) -> None:
    first = finished_there(make_job(owner, scene, seed=7), runway, black)
    collect.collect(str(first.pk))
    request: dict[str, Any] = {"kind": first.kind, "model": first.model, "parameters": first.parameters}
    second = look(actions.create_job(owner, scene, **request)[0])
    assert second.cached_from == first.pk
    tasks.check(str(first.pk))
    enable(owner, scene)
    tasks.check(str(second.pk))
    assert look(second).quality.verdict == "fail"
    assert automatic_retries(scene) == []
    # a take that failed the check serves no other request
    third = look(actions.create_job(owner, scene, **request)[0])
    assert (third.status, third.credits_estimated) == (Status.QUEUED, Decimal(25))
    assert "failed quality control as take 1 of" in history(third)
    assert check_expectations.expectations_of(look(second), second.asset).earlier == []  # type: ignore[arg-type]


def test_a_retry_has_a_new_seed_and_skips_the_cache(
    owner: User, scene: Scene, runway: FakeRunway, black: bytes
) -> None:
    enable(owner, scene)
    first = finish_and_check(make_job(owner, scene, seed=7), runway, black)
    (again,) = automatic_retries(scene)
    assert again.parameters["seed"] != 7
    assert {**again.parameters, "seed": 7} == first.parameters
    assert (again.status, again.credits_estimated, again.cached_from) == (Status.QUEUED, Decimal(25), None)
    finish_and_check(again, runway, black)
    assert len(runway.creates) == 2


def test_the_page_and_the_api(owner: User, scene: Scene, client: Client) -> None:
    client.force_login(owner)
    page, address = f"/projects/{scene.project.slug}/auto-retry/", f"/api/projects/{scene.project.slug}/auto-retry"
    assert client.get(address).json()["data"] == {"autoRetry": None}
    assert "No automatic retries" in client.get(page).content.decode()
    for wrong in ({"takes": "4", "credits": "5"}, {"takes": "1", "credits": "0"}, {"takes": "x"}):
        answer = client.post(page, wrong)
        assert answer.status_code == 422
        assert "must be" in answer.content.decode()
    assert client.post(page, {"takes": "2", "credits": "50"}).status_code == 302
    settings = {"takes": 2, "credits": 50, "spent": 0, "username": "owner", "active": True}
    assert client.get(address).json()["data"] == {"autoRetry": settings}
    assert "At most 2 for each take, 50 credits in all" in client.get(page).content.decode()
    assert client.put(address, {"takes": 4, "credits": 5}, content_type="application/json").status_code == 422
    assert client.put(address, {"credits": 0}, content_type="application/json").status_code == 422
    assert client.delete(address).status_code == 200
    assert auto_retry.find_rule(scene.project) is None
