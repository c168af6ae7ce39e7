"""The comparison of Runway's usage with the studio's, and who may see it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from generation import actions
from generation.engine import runway_account
from generation.models import GenerationJob, Reconciliation
from generation.models.status import Status
from projects.models import Scene
from tests.fakes.runway import FakeRunway, faults
from tests.integration.engine_steps import look, make_job, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("boss", is_staff=True))
    return client


def set_usage(runway: FakeRunway, **models: int) -> None:
    """Set the usage that the fake Runway reports for today."""
    used = [{"model": name, "amount": amount} for name, amount in models.items()]
    runway.usage = [{"date": timezone.now().date().isoformat(), "usedCredits": used}]


def compare(client: Client, **body: Any) -> Any:
    answer = client.post("/api/usage/reconciliation", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]["reconciliation"]


def test_equal_usage_agrees(job: GenerationJob, runway: FakeRunway, staff: Client) -> None:
    submitted(job)
    set_usage(runway, gen4_turbo=25)
    result = compare(staff)
    assert (result["differences"], result["agreeing"]) == ([], 1)
    assert staff.get("/api/usage/reconciliation").json()["data"]["reconciliation"] == result


def test_a_difference_names_its_suspects(owner: User, scene: Scene, runway: FakeRunway, staff: Client) -> None:
    submitted(make_job(owner, scene))
    runway.fail_next("create", faults.CUT_AFTER)
    lost = submitted(make_job(owner, scene))
    runway.fail_next("create", faults.CUT_BEFORE)
    given_up = submitted(make_job(owner, scene))
    actions.resolve(owner, given_up, lost=True)
    timed_out = submitted(make_job(owner, scene))
    timed_out.move_to(Status.FAILED, error_code="timeout", clip_may_come=True)
    set_usage(runway, gen4_turbo=75, act_two=40)
    by_model = {line["model"]: line for line in compare(staff)["differences"]}
    assert (by_model["act_two"]["difference"], by_model["act_two"]["suspects"]) == (40, [])
    line = by_model["gen4_turbo"]
    assert (line["ours"], line["runway"], line["difference"]) == (50, 75, 25)
    why = {suspect["jobId"]: suspect["why"] for suspect in line["suspects"]}
    assert why.keys() == {str(job.pk) for job in (lost, given_up, timed_out)}
    assert why[str(lost.pk)].startswith("unconfirmed")
    assert why[str(given_up.pk)].startswith("given up")
    assert why[str(timed_out.pk)] == "the cost of its task is unknown"


def test_a_task_that_ended_before_its_cancellation_arrived_is_a_suspect(
    job: GenerationJob, owner: User, runway: FakeRunway, staff: Client, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submitted(job)
    runway.move(job.runway_task_id, "RUNNING", progress=0.9)
    client, cancel_task = runway_account.client(), runway_account.client().cancel_task

    def end_and_cancel(task_id: str) -> None:
        runway.succeed(task_id, clip, credits=35)
        cancel_task(task_id)

    monkeypatch.setattr(client, "cancel_task", end_and_cancel)
    actions.cancel(owner, job)
    assert (look(job).status, look(job).credits_charged) == (Status.CANCELLED, Decimal(25))
    set_usage(runway, gen4_turbo=25)
    assert compare(staff)["differences"] == []
    set_usage(runway, gen4_turbo=35)
    (line,) = compare(staff)["differences"]
    assert line["difference"] == 10
    assert [suspect["jobId"] for suspect in line["suspects"]] == [str(job.pk)]
    assert line["suspects"][0]["why"].startswith("cancelled: Runway may have")


def test_a_refund_counts_on_the_day_it_came(job: GenerationJob, runway: FakeRunway, staff: Client) -> None:
    job = submitted(job)
    GenerationJob.objects.filter(pk=job.pk).update(submitted_at=timezone.now() - timedelta(days=1))
    look(job).move_to(Status.FAILED, credits_charged=0)
    today = timezone.now().date()
    runway.usage = [
        {"date": (today - timedelta(days=1)).isoformat(), "usedCredits": [{"model": "gen4_turbo", "amount": 25}]},
        {"date": today.isoformat(), "usedCredits": [{"model": "gen4_turbo", "amount": -25}]},
    ]
    assert compare(staff)["agreeing"] == 2


def test_the_page(job: GenerationJob, owner: User, runway: FakeRunway, staff: Client) -> None:
    submitted(job)
    set_usage(runway, gen4_turbo=60)
    assert "Not run yet" in staff.get("/usage/").content.decode()
    asked = len(runway.requests)
    assert staff.post("/usage/reconcile/").status_code == 302
    assert ("POST", "/v1/organization/usage") in runway.requests[asked:]
    page = staff.get("/usage/").content.decode()
    assert '<td class="number">35</td>' in page
    assert "none in this studio" in page
    # viewing it sends no request
    assert runway.requests[-1] == ("POST", "/v1/organization/usage")
    member = Client()
    member.force_login(owner)
    assert "Reconciliation with Runway" not in member.get("/usage/").content.decode()


def test_reconciliation_while_runway_is_away(runway: FakeRunway, staff: Client) -> None:
    runway.fail_next("usage", faults.refusal(503))
    answer = staff.post("/api/usage/reconciliation", {}, content_type="application/json")
    assert answer.status_code == 502
    assert not Reconciliation.objects.exists()


def test_malformed_usage_is_skipped(job: GenerationJob, runway: FakeRunway, staff: Client) -> None:
    submitted(job)
    runway.usage = [{"date": "soon"}, {"date": timezone.now().date().isoformat(), "usedCredits": [{"amount": "9"}]}]
    assert [line["difference"] for line in compare(staff)["differences"]] == [-25]
