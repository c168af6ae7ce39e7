"""A paid request goes out at most once, whatever Runway answers; over real HTTP, with real rows."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from generation import actions
from generation.engine import acceptance, journal, runway_account, submit, sweep
from generation.models import GenerationJob, JobEvent
from generation.models.status import Status
from generation.runway.task import CreatedTask
from projects.models import Scene
from projects.problems import Problem
from tests.fakes.runway import FakeRunway, faults
from tests.integration.engine_steps import look, make_due, make_job, poll_once, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("status", [429, 503])
def test_requests_that_are_not_accepted_are_sent_again(job: GenerationJob, runway: FakeRunway, status: int) -> None:
    runway.fail_next("create", faults.refusal(status, "Too busy", retry_after=7))
    job = submitted(job)
    assert (job.status, job.waiting_code, job.attempts) == (Status.QUEUED, "runway_busy", 1)
    assert job.due_at is not None
    assert timedelta(seconds=6) < job.due_at - timezone.now() <= timedelta(seconds=7)
    assert submitted(job).status == Status.QUEUED  # a nudge before it is due does nothing
    make_due(job)
    assert submitted(job).status == Status.PENDING
    assert len(runway.creates) == 1


def test_waits_while_runway_is_away(job: GenerationJob, runway: FakeRunway, settings: Settings) -> None:
    settings.RUNWAY_API_URL = "http://127.0.0.1:9"
    job = submitted(job)
    assert (job.status, job.waiting_code) == (Status.QUEUED, "runway_unreachable")
    assert runway_account.state().condition == "unreachable"
    settings.RUNWAY_API_URL = runway.url
    make_due(job)
    assert submitted(job).status == Status.PENDING
    assert runway_account.state().condition == "ok"


@pytest.mark.parametrize(
    "fault",
    [
        faults.NOT_ACCEPTED,
        faults.BAD_GATEWAY,
        faults.GATEWAY_TIMEOUT,
        faults.CUT_BEFORE,
        faults.CUT_AFTER,
        faults.CUT_IN_ANSWER,
        faults.Fault("an empty id", 200, b'{"id": ""}'),
        faults.refusal(302, headers={"Location": "/v1/image_to_video"}),
        faults.page(200),
        faults.page(302),
        faults.page(502),
        faults.page(511),
        faults.Fault("an empty success", 200),
    ],
    ids=str,
)
def test_an_unknown_outcome_becomes_unconfirmed(job: GenerationJob, runway: FakeRunway, fault: faults.Fault) -> None:
    runway.fail_next("create", fault)
    job = submitted(job)
    assert (job.status, job.error_code) == (Status.UNCONFIRMED, "unconfirmed")
    submit.submit(str(job.pk))
    sweep.sweep({})
    assert look(job).status == Status.UNCONFIRMED
    assert sum(method == "POST" for method, _ in runway.requests) == 1


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (
            faults.refusal(
                400,
                "Validation of body failed",
                issues=[{"path": ["ratio"], "message": "Invalid option", "code": "invalid_value"}],
            ),
            "runway_rejected",
            "ratio: Invalid option",
        ),
        (faults.refusal(401, "No API key"), "runway_unauthorized", "RUNWAY_API_KEY"),
    ],
)
def test_a_rejected_request_fails(
    job: GenerationJob, runway: FakeRunway, fault: faults.Fault, code: str, words: str
) -> None:
    runway.fail_next("create", fault)
    job = submitted(job)
    assert (job.status, job.error_code) == (Status.FAILED, code)
    assert words in job.error_message
    assert job.credits_charged is None
    assert (runway_account.state().condition == "unauthorized") == (code == "runway_unauthorized")


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 407, 451])
def test_a_page_on_the_way_fails_the_job_and_blames_no_key(job: GenerationJob, runway: FakeRunway, status: int) -> None:
    """Before, 401 and 403 said that Runway refused the key, and 402 waited for credits forever."""
    runway.fail_next("create", faults.page(status))
    job = submitted(job)
    assert (job.status, job.error_code, job.error_retryable) == (Status.FAILED, "runway_intercepted", True)
    assert "way to Runway" in job.error_message
    assert str(status) in job.error_message
    assert status == 407 or "a page (“Attention Required!”)" in job.error_message
    assert "key" not in job.error_message.lower()
    assert job.credits_charged is None
    assert runway_account.state().condition == "unreachable"
    assert not runway.creates


@pytest.mark.parametrize("status", [429, 503])
def test_a_page_that_says_busy_is_not_accepted(job: GenerationJob, runway: FakeRunway, status: int) -> None:
    runway.fail_next("create", faults.page(status))
    assert (submitted(job).status, look(job).waiting_code) == (Status.QUEUED, "runway_busy")


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 407, 500])
def test_a_page_instead_of_the_account_holds_up_no_request(job: GenerationJob, runway: FakeRunway, status: int) -> None:
    with runway.failing("organization", faults.page(status)):
        assert submitted(job).status == Status.PENDING
        with pytest.raises(Problem, match=rf"way to Runway.*{status}") as refused:
            runway_account.test_connection()
    assert (refused.value.status, refused.value.code) == (502, "runway_unreachable")
    assert "key" not in refused.value.message.lower()
    assert runway_account.state().condition == "unreachable"


def test_jobs_over_the_concurrency_limit_stay_queued(owner: User, scene: Scene, runway: FakeRunway) -> None:
    runway.limit("gen4_turbo", 1)
    jobs = [make_job(owner, scene) for _ in range(4)]
    assert submitted(jobs[3]).waiting_code == "waiting_for_place"
    for job in jobs:
        submitted(job)
    states = [look(job).status for job in jobs]
    assert states == [Status.PENDING, Status.PENDING, Status.QUEUED, Status.QUEUED]
    runway.fail(look(jobs[0]).runway_task_id, credits=None)
    poll_once(jobs[0])
    assert [submitted(job).status for job in jobs[2:]] == [Status.PENDING, Status.QUEUED]


def test_two_workers_with_the_same_nudge_send_once(job: GenerationJob, runway: FakeRunway) -> None:
    def send() -> None:
        submit.submit(str(job.pk))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runway.creates) == 1
    assert look(job).status == Status.PENDING


def test_a_dead_submit_is_pending_with_a_journal_entry_and_unconfirmed_without(
    job: GenerationJob, owner: User, runway: FakeRunway
) -> None:
    other = make_job(owner, job.scene)
    for each in (job, other):
        each.move_to(Status.SUBMITTING, claimed_by="dead", claim_expires_at=timezone.now() - timedelta(seconds=1))
    journal.write(str(job.pk), task_id := str(uuid.uuid4()))
    sweep.sweep({})
    assert (look(job).status, look(job).runway_task_id) == (Status.PENDING, task_id)
    assert look(other).status == Status.UNCONFIRMED
    assert not runway.creates


def test_a_late_answer_moves_an_unconfirmed_job_to_pending(job: GenerationJob, runway: FakeRunway) -> None:
    """The sweep considered the sender dead, and it was only slow."""
    job.move_to(Status.SUBMITTING)
    late = look(job)
    acceptance.mark_unconfirmed(job, "taken for dead")
    acceptance.record_task(late, CreatedTask(task_id := str(uuid.uuid4()), None))
    assert (look(job).status, look(job).runway_task_id) == (Status.PENDING, task_id)


def test_a_task_id_is_recorded_even_if_the_job_has_moved(job: GenerationJob, runway: FakeRunway) -> None:
    job.move_to(Status.SUBMITTING)
    late = look(job)
    job.move_to(Status.FAILED, error_code="given_up")
    acceptance.record_task(late, CreatedTask(task_id := str(uuid.uuid4()), None))
    assert look(job).status == Status.FAILED
    assert JobEvent.objects.get(runway_task_id=task_id).job == job


def test_the_same_idempotency_key_returns_the_same_job(owner: User, scene: Scene) -> None:
    job = make_job(owner, scene, idempotency_key="once")
    picture = job.first_frame
    values = {"model": "gen4_turbo", "prompt_text": "push in", "ratio": "1280:720", "duration": 5, "image": picture}
    same, new = actions.generate(owner, scene, **values, idempotency_key="once")  # type: ignore[arg-type]
    assert (same.pk, new) == (job.pk, False)
    with pytest.raises(Problem) as refused:
        actions.generate(owner, scene, **values | {"duration": 6}, idempotency_key="once")  # type: ignore[arg-type]
    assert refused.value.status == 409
    assert GenerationJob.objects.count() == 1


def test_an_expired_claim_is_free(job: GenerationJob, runway: FakeRunway) -> None:
    held = GenerationJob.objects.filter(pk=job.pk)
    held.update(claimed_by="alive", claim_expires_at=timezone.now() + timedelta(seconds=5))
    assert submitted(job).status == Status.QUEUED
    # a clock that was set back by an hour
    held.update(claim_expires_at=timezone.now() + timedelta(hours=1))
    assert submitted(job).status == Status.PENDING
