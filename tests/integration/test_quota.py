"""Requests that Runway would refuse for credits or its daily limit are not sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from generation.engine import runway_account
from generation.models import GenerationJob
from generation.models.status import Status
from projects.models import Scene
from tests.fakes.runway import FakeRunway, faults
from tests.integration.engine_steps import make_due, make_job, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (400, "You do not have enough credits to run this task.", "not_enough_credits"),
        (429, "Your daily task limit has been reached.", "daily_limit"),
    ],
)
def test_refusals_for_credits_and_quota_park_the_job(
    job: GenerationJob, runway: FakeRunway, status: int, error: str, code: str
) -> None:
    runway.fail_next("create", faults.refusal(status, error))
    job = submitted(job)
    assert (job.status, job.waiting_code) == (Status.QUEUED, code)
    make_due(job)
    assert submitted(job).status == Status.PENDING


def test_a_take_that_costs_more_than_the_balance_is_not_sent(job: GenerationJob, runway: FakeRunway) -> None:
    runway.organization["creditBalance"] = 10
    job = submitted(job)
    assert (job.status, job.waiting_code) == (Status.QUEUED, "not_enough_credits")
    assert "15 credits short" in job.waiting_message
    assert not runway.creates
    runway.organization["creditBalance"] = 25
    runway_account.expire_organization()
    make_due(job)
    assert submitted(job).status == Status.PENDING


def test_credits_of_sent_takes_are_subtracted_from_the_balance(owner: User, scene: Scene, runway: FakeRunway) -> None:
    runway.organization["creditBalance"] = 40
    first, second = make_job(owner, scene), make_job(owner, scene)
    assert submitted(first).status == Status.PENDING
    assert "10 credits short" in submitted(second).waiting_message


def test_a_full_day_parks_the_model_until_it_opens(owner: User, scene: Scene, runway: FakeRunway) -> None:
    runway.limit("gen4_turbo", 5, used=999)
    first, second, third = (make_job(owner, scene) for _ in range(3))
    other = make_job(owner, scene, model="gen4.5")
    first = submitted(first)
    assert first.status == Status.PENDING
    second, third = submitted(second), submitted(third)
    assert (second.waiting_code, third.waiting_code) == ("daily_limit", "daily_limit")
    assert first.submitted_at is not None
    assert second.due_at == third.due_at == first.submitted_at + timedelta(hours=24)
    assert f"{second.due_at:%H:%M} UTC" in third.waiting_message
    assert submitted(other).status == Status.PENDING
    assert len(runway.creates) == 2
