"""Cancel, retry, and resolve a request whose answer was lost."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from generation import actions
from generation.engine import acceptance, collect, submit
from generation.models import GenerationJob
from generation.models.status import Status
from generation.runway.task import CreatedTask
from projects.problems import Problem
from tests.fakes.runway import FakeRunway, faults
from tests.integration.engine_steps import look, make_job, poll_once, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def test_cancel_in_the_queue(job: GenerationJob, owner: User, runway: FakeRunway) -> None:
    assert "Nothing was charged" in actions.cancel(owner, job)
    assert look(job).status == Status.CANCELLED
    submit.submit(str(job.pk))
    assert not runway.creates


@pytest.mark.parametrize(
    ("state", "words", "charged"),
    [
        ("PENDING", "refunds the credits", 0),
        ("THROTTLED", "refunds the credits", 0),
        ("RUNNING", "does not refund", 25),
    ],
)
def test_cancel_at_runway(
    job: GenerationJob, owner: User, runway: FakeRunway, state: str, words: str, charged: int
) -> None:
    job = submitted(job)
    runway.move(job.runway_task_id, state)
    assert words in actions.cancel(owner, job)
    assert (look(job).status, look(job).credits_charged) == (Status.CANCELLED, Decimal(charged))
    assert not runway.tasks
    with pytest.raises(Problem, match="already cancelled"):
        actions.cancel(owner, look(job))


def test_cancel_keeps_a_finished_clip(job: GenerationJob, owner: User, runway: FakeRunway, clip: bytes) -> None:
    job = submitted(job)
    runway.succeed(job.runway_task_id, clip)
    assert "kept" in actions.cancel(owner, job)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED


def test_cancel_while_runway_is_away_happens_later(job: GenerationJob, owner: User, runway: FakeRunway) -> None:
    job = submitted(job)
    runway.fail_next("poll", faults.refusal(503))
    assert "as soon as" in actions.cancel(owner, job)
    assert look(job).status == Status.PENDING
    assert poll_once(job).status == Status.CANCELLED


@pytest.mark.parametrize("status", [200, 403, 404])
@pytest.mark.parametrize("operation", ["poll", "cancel"])
def test_a_page_on_the_way_cancels_nothing(
    job: GenerationJob, owner: User, runway: FakeRunway, operation: Literal["poll", "cancel"], status: int
) -> None:
    """Before, a page with 404 counted as cancelled, while the task went on and was charged."""
    job = submitted(job)
    runway.fail_next(operation, faults.page(status))
    assert f"way to Runway answered {status} with a page" in actions.cancel(owner, job)
    assert look(job).status == Status.PENDING
    assert runway.tasks
    assert poll_once(job).status == Status.CANCELLED
    assert not runway.tasks


def test_cancel_while_the_request_is_out(job: GenerationJob, owner: User, runway: FakeRunway) -> None:
    job.move_to(Status.SUBMITTING)
    late = look(job)
    assert "being sent to Runway" in actions.cancel(owner, job)
    acceptance.record_task(late, CreatedTask(runway.add_task(), None))
    assert poll_once(job).status == Status.CANCELLED


def test_retry_creates_one_new_take(job: GenerationJob, owner: User, runway: FakeRunway) -> None:
    runway.fail_next("create", faults.refusal(400, "no"))
    job = submitted(job)
    successor, _ = actions.retry(owner, job)
    assert (successor.pk != job.pk, successor.take, successor.retry_of) == (True, 2, job)
    with pytest.raises(Problem, match="take 2"):
        actions.retry(owner, job)
    assert submitted(successor).status == Status.PENDING
    with pytest.raises(Problem, match="pending"):
        actions.retry(owner, look(successor))


def test_unconfirmed_is_adopted(job: GenerationJob, owner: User, runway: FakeRunway, clip: bytes) -> None:
    runway.fail_next("create", faults.CUT_AFTER)
    job = submitted(job)
    (task_id,) = runway.tasks
    other = submitted(make_job(owner, job.scene))
    for wrong, words in (
        ("nonsense", "UUID"),
        (str(uuid.uuid4()), "does not know"),
        (str(other.runway_task_id), "another take"),
        (runway.add_task(created_at=datetime(2020, 1, 1, tzinfo=UTC)), "older"),
    ):
        with pytest.raises(Problem, match=words):
            actions.resolve(owner, job, task_id=wrong)
    actions.resolve(owner, job, task_id=task_id)
    runway.succeed(task_id, clip)
    assert poll_once(job).status == Status.DOWNLOADING


def test_unconfirmed_is_given_up(job: GenerationJob, owner: User, runway: FakeRunway) -> None:
    runway.fail_next("create", faults.CUT_BEFORE)
    job = submitted(job)
    actions.resolve(owner, job, lost=True)
    assert (look(job).status, look(job).error_code) == (Status.FAILED, "given_up")
    with pytest.raises(Problem, match="unconfirmed"):
        actions.resolve(owner, look(job), lost=True)


def test_unconfirmed_is_sent_again_by_a_person(job: GenerationJob, owner: User, runway: FakeRunway) -> None:
    runway.fail_next("create", faults.CUT_BEFORE)
    job = submitted(job)
    again, new = actions.send_again(owner, job, idempotency_key="once")
    same, newer = actions.send_again(owner, look(job), idempotency_key="once")
    assert (again.pk == same.pk, new, newer) == (True, True, False)
    assert (look(job).status, again.take) == (Status.FAILED, 2)
    assert submitted(again).status == Status.PENDING


def test_the_page_of_an_unconfirmed_take(job: GenerationJob, owner: User, runway: FakeRunway, client: Client) -> None:
    submitted(make_job(owner, job.scene))
    runway.fail_next("create", faults.CUT_AFTER)
    job = submitted(job)
    day = timezone.now().date().isoformat()
    runway.usage = [{"date": day, "usedCredits": [{"model": "gen4_turbo", "amount": 50}]}]
    client.force_login(owner)
    page = client.get(f"/takes/{job.pk}/unconfirmed/").content.decode()
    for words in ("push in", "50 credits", "25 credits", "was probably accepted", "Send again", "Link task"):
        assert words in page, words
    runway.usage = [{"date": day, "usedCredits": [{"model": "gen4_turbo", "amount": 25}]}]
    assert "probably not accepted" in client.get(f"/takes/{job.pk}/unconfirmed/").content.decode()
    runway.fail_next("usage", faults.refusal(503))
    assert "Usage unavailable" in client.get(f"/takes/{job.pk}/unconfirmed/").content.decode()
    assert client.post(f"/takes/{job.pk}/send-again/", {"key": "k"}).status_code == 302
    assert GenerationJob.objects.get(retry_of=job).status == Status.QUEUED
    assert client.get(f"/takes/{job.pk}/unconfirmed/").status_code == 302
