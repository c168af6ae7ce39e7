"""Polling tasks until they end, with a fake Runway that fails on demand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from generation import actions
from generation.engine import collect, journal, leases, poll, runway_account
from generation.models import GenerationJob, JobEvent, Lease
from generation.models.status import Status
from generation.runway import errors
from projects.models import Scene
from tests.fakes.runway import FakeRunway, faults
from tests.integration.engine_steps import finished_there, look, make_job, poll_once, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_queued_to_completed(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    job = submitted(job)
    assert job.status == Status.PENDING
    assert journal.find(str(job.pk)) == job.runway_task_id
    body = runway.creates[0]
    assert body["model"] == "gen4_turbo"
    assert body["promptImage"].startswith("data:image/png;base64,")
    states: list[tuple[str, dict[str, float], tuple[Status, int]]] = [
        ("THROTTLED", {}, (Status.THROTTLED, 0)),
        ("RUNNING", {"progress": 0.4}, (Status.RUNNING, 40)),
        ("RUNNING", {"progress": 0.2}, (Status.RUNNING, 40)),
    ]
    for state, more, expected in states:
        runway.move(job.runway_task_id, state, **more)
        job = poll_once(job)
        assert (job.status, job.progress) == expected
    runway.succeed(job.runway_task_id, clip)
    job = poll_once(job)
    assert (job.status, job.credits_charged) == (Status.DOWNLOADING, Decimal(25))
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED
    assert job.asset is not None
    assert job.asset.path == job.scene.path / "videos" / "take-001.mp4"
    assert job.asset.path.read_bytes() == clip
    assert [path.name for path in job.asset.path.parent.iterdir()] == ["take-001.mp4"]
    moves = job.events.filter(kind=JobEvent.Kind.MOVE).values_list("status", flat=True)
    assert list(moves) == ["queued", "submitting", "pending", "throttled", "running", "downloading", "completed"]


@pytest.mark.parametrize(
    ("code", "retryable"),
    [("SAFETY.INPUT.TEXT", False), ("INTERNAL", True), ("INTERNAL.BAD_OUTPUT.CODE01", False), ("", True)],
)
def test_failure_codes_of_tasks(job: GenerationJob, runway: FakeRunway, code: str, retryable: bool) -> None:
    job = submitted(job)
    runway.fail(job.runway_task_id, code)
    job = poll_once(job)
    assert (job.status, job.error_retryable, job.credits_charged) == (Status.FAILED, retryable, Decimal(0))
    assert "It did not work." in job.error_message


def test_tasks_that_runway_has_just_accepted_are_polled_with_others(
    job: GenerationJob, owner: User, scene: Scene, runway: FakeRunway, settings: Settings
) -> None:
    settings.RUNWAY_POLL_SECONDS = 5.0
    first = submitted(job)
    second = submitted(make_job(owner, scene))
    assert first.due_at == second.due_at
    # more than a fifth of the interval ago
    earlier = timezone.now() + timedelta(seconds=3.5)
    GenerationJob.objects.update(due_at=earlier)
    third = submitted(make_job(owner, scene))
    assert third.due_at
    assert third.due_at - earlier > timedelta(seconds=1)


def test_what_is_due_within_a_tick_is_polled_in_one_round() -> None:
    now = timezone.now()
    times = [now + timedelta(seconds=seconds) for seconds in (0.1, 0.2, 0.35, 0.45, 0.5)]
    assert poll._next_round_at(times) == times[2]
    assert poll._next_round_at([]) is None


def test_a_missing_task_fails_the_job(job: GenerationJob, runway: FakeRunway) -> None:
    job = submitted(job)
    runway.forget()
    assert poll_once(job).error_code == "task_gone"


def test_failed_polls_leave_the_job_at_runway(job: GenerationJob, runway: FakeRunway) -> None:
    job = submitted(job)
    runway.fail_next("poll", faults.SERVER_ERROR, faults.CUT, faults.refusal(401, "bad key"))
    for attempts in (1, 2, 3):
        job = poll_once(job)
        assert (job.status, job.attempts) == (Status.PENDING, attempts)
    assert poll_once(job).waiting_code == ""


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 407, 502])
def test_a_page_on_the_way_ends_no_task(job: GenerationJob, runway: FakeRunway, clip: bytes, status: int) -> None:
    """Before, a page with 404 failed the paid job as if Runway had lost its task, and 401 and 403 blamed the key."""
    job = submitted(job)
    runway.fail_next("poll", faults.page(status))
    job = poll_once(job)
    assert (job.status, job.waiting_code, job.attempts) == (Status.PENDING, "runway_unreachable", 1)
    assert f"way to Runway answered {status}" in job.waiting_message or status == 407
    assert runway_account.state().condition == "unreachable"
    runway.succeed(job.runway_task_id, clip)
    assert poll_once(job).status == Status.DOWNLOADING


def test_the_time_limit_counts_from_the_start_and_its_retry_is_free(
    job: GenerationJob, owner: User, runway: FakeRunway, clip: bytes, settings: Settings
) -> None:
    job = submitted(job)
    settings.RUNWAY_TASK_TIMEOUT = 0.001
    runway.move(job.runway_task_id, "THROTTLED")
    assert poll_once(job).status == Status.THROTTLED
    runway.move(job.runway_task_id, "RUNNING", progress=0.5)
    assert poll_once(job).status == Status.RUNNING
    job = poll_once(job)
    assert (job.status, job.error_code) == (Status.FAILED, "timeout")
    runway.succeed(job.runway_task_id, clip)
    assert actions.retry(owner, job)[0].pk == job.pk
    assert poll_once(job).status == Status.DOWNLOADING
    assert len(runway.creates) == 1


def test_a_lease_has_one_holder() -> None:
    assert leases.acquire("poll", "a")
    assert leases.acquire("poll", "a")
    assert not leases.acquire("poll", "b")
    assert leases.is_held("poll")
    leases.release("poll", "a")
    assert not leases.is_held("poll")
    assert leases.acquire("poll", "b")
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert leases.acquire("poll", "a")


def test_scene_json_lists_the_finished_clip(job: GenerationJob, runway: FakeRunway, clip: bytes) -> None:
    job = finished_there(job, runway, clip)
    collect.collect(str(job.pk))
    text = (job.scene.path / "metadata" / "scene.json").read_text()
    assert '"status": "has_content"' in text
    assert '"path": "scene-1/videos/take-001.mp4"' in text


def test_an_answer_for_a_job_that_has_moved_changes_nothing(job: GenerationJob, runway: FakeRunway) -> None:
    job = submitted(job)
    job.move_to(Status.CANCELLED)
    for error in (errors.TaskGone("gone", 404), errors.Unreachable("away")):
        poll._apply_error(job, error)
    job = look(job)
    assert (job.status, job.waiting_code) == (Status.CANCELLED, "")
