"""The ledger agrees with the rows of the jobs, whatever happens to them and in what order."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from pytest_django import DjangoAssertNumQueries

from generation.mirror.job_record import job_record
from generation.models import GenerationJob, IllegalMove, LedgerEntry
from generation.models.ledger import HELD, SPENT
from generation.models.status import MOVES, Status
from projects.models import Scene
from tests import factories

pytestmark = pytest.mark.django_db

SEEDS = range(60)
STEPS = 12


@pytest.fixture
def scene() -> Scene:
    return factories.make_scene()


def make_job(scene: Scene, credits: int | None = 25, **values: Any) -> GenerationJob:
    owner = scene.project.memberships.get().user
    return factories.make_job(
        scene, created_by=owner, model="gen4_turbo",
        take=scene.jobs.count() + 1, credits_estimated=credits, **values,
    )  # fmt: skip


def entries(job: GenerationJob) -> list[tuple[str, Any]]:
    return [(entry.kind, entry.credits) for entry in LedgerEntry.objects.filter(job=job).order_by("id")]


def held_and_spent(job: GenerationJob) -> tuple[object, object]:
    """Return what is held and what is spent, by the ledger."""
    ledger = LedgerEntry.objects.filter(job=job)
    held = ledger.filter(HELD).aggregate(sum=Sum("credits"))["sum"]
    spent = ledger.filter(SPENT).aggregate(sum=Sum("credits"))["sum"]
    return held or Decimal(0), spent or Decimal(0)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ledger_agrees_with_the_row_after_any_moves(scene: Scene, seed: int) -> None:
    """With costs and estimates that come, go and differ at random, the entries always add up to the row."""
    dice = random.Random(seed)
    job = make_job(scene, dice.choice([None, 0, 25, 40]))
    for _ in range(STEPS):
        allowed = sorted(MOVES[Status(job.status)])
        if not allowed:
            break
        changes: dict[str, Any] = {}
        if dice.random() < 0.4:
            changes["credits_charged"] = dice.choice([0, 10, 25, 60])
        if dice.random() < 0.2:
            changes["credits_estimated"] = dice.choice([5, 25, 50])
        if dice.random() < 0.3:
            changes["clip_may_come"] = dice.random() < 0.5
        if dice.random() < 0.5 and job.runway_task_id is None:
            changes["runway_task_id"] = f"task-{seed}"
        job.move_to(dice.choice(allowed), **changes)
        assert held_and_spent(job) == (job.credits.held, job.credits.spent)
    held, spent = held_and_spent(job)
    assert spent == (job.credits_charged or 0)
    if job.status in (Status.COMPLETED, Status.CANCELLED):
        assert held == 0
    signs = {"charge": 1, "reservation": 1, "refund": -1, "release": -1}
    assert all(credits * signs[kind] > 0 for kind, credits in entries(job) if kind in signs)


def test_a_completed_take_is_charged(scene: Scene) -> None:
    job = make_job(scene)
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.PENDING, runway_task_id="t", credits_estimated=30)
    job.move_to(Status.RUNNING)
    job.move_to(Status.DOWNLOADING, credits_charged=28)
    job.move_to(Status.COMPLETED)
    assert entries(job) == [
        ("estimate", 25), ("reservation", 25), ("estimate", 5), ("reservation", 5), ("release", -30), ("charge", 28),
    ]  # fmt: skip


def test_what_runway_gives_back_is_a_refund(scene: Scene) -> None:
    job = make_job(scene)
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.PENDING, runway_task_id="t")
    job.move_to(Status.FAILED, message="Runway had an internal error.", credits_charged=0)
    assert entries(job)[2:] == [("release", -25), ("charge", 25), ("refund", -25)]
    assert job.ledger.get(kind="refund").reason == "Runway had an internal error."


def test_a_failed_take_that_cost_is_charged(scene: Scene) -> None:
    job = make_job(scene)
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.PENDING, runway_task_id="t")
    job.move_to(Status.FAILED, credits_charged=25)
    assert held_and_spent(job) == (0, 25)


def test_a_job_that_was_never_sent_is_only_released(scene: Scene) -> None:
    job = make_job(scene)
    job.move_to(Status.CANCELLED)
    assert entries(job) == [("estimate", 25), ("reservation", 25), ("release", -25)]


def test_an_unconfirmed_job_holds_credits_until_a_person_decides(scene: Scene) -> None:
    job = make_job(scene)
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.UNCONFIRMED)
    assert held_and_spent(job) == (25, 0)
    job.move_to(Status.FAILED, message="Given up by anna: nobody knows.", error_code="given_up")
    assert held_and_spent(job) == (0, 0)
    assert job.ledger.get(kind="release").reason == "Given up by anna: nobody knows."


def test_a_task_that_timed_out_holds_credits(scene: Scene) -> None:
    job = make_job(scene)
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.PENDING, runway_task_id="t")
    job.move_to(Status.FAILED, error_code="timeout", clip_may_come=True)
    assert held_and_spent(job) == (25, 0)
    job.move_to(Status.PENDING)
    job.move_to(Status.DOWNLOADING, credits_charged=25)
    job.move_to(Status.COMPLETED, clip_may_come=False)
    assert held_and_spent(job) == (0, 25)


def test_a_retry_at_no_cost_charges_nothing_again(scene: Scene) -> None:
    job = make_job(scene)
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.PENDING, runway_task_id="t")
    job.move_to(Status.DOWNLOADING, credits_charged=25)
    job.move_to(Status.FAILED, error_code="download_failed", clip_may_come=True)
    job.move_to(Status.PENDING)
    job.move_to(Status.DOWNLOADING, credits_charged=25)
    job.move_to(Status.COMPLETED)
    assert [credits for kind, credits in entries(job) if kind == "charge"] == [25]


def test_a_failed_move_enters_nothing(scene: Scene) -> None:
    job = make_job(scene)
    with pytest.raises(IllegalMove):
        job.move_to(Status.RUNNING)
    with transaction.atomic():
        job.move_to(Status.CANCELLED)
        transaction.set_rollback(True)
    assert held_and_spent(job) == (25, 0)


def test_entries_keep_the_names_of_their_day(scene: Scene) -> None:
    job = make_job(scene)
    was = scene.project.name
    scene.project.name = "Renamed"
    scene.project.save()
    job.created_by.delete()  # type: ignore[union-attr]
    entry = LedgerEntry.objects.filter(job=job).first()
    assert entry is not None
    assert (entry.project_name, entry.project_id) == (was, scene.project.pk)
    assert entry.person is None
    assert entry.person_name.startswith("person-")


def test_the_record_of_a_job_takes_as_many_queries_for_many_entries(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One for its events and one for its entries: the job has come with its report, which is none."""
    job = make_job(scene)
    job_record(job)
    job.move_to(Status.SUBMITTING)
    job.move_to(Status.PENDING, runway_task_id="t", credits_estimated=30)
    with django_assert_num_queries(2):
        ledger = job_record(job)["ledger"]
    assert [entry["person"] for entry in ledger] == [job.created_by.get_username()] * 4  # type: ignore[union-attr]


def test_the_ledger_is_append_only(scene: Scene) -> None:
    entry = make_job(scene).ledger.first()
    assert entry is not None
    for change in (entry.save, entry.delete, LedgerEntry.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(TypeError):
        LedgerEntry.objects.update(credits=0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"status": Status.COMPLETED, "credits_charged": 25}, (0, 25)),
        ({"status": Status.RUNNING}, (25, 0)),
        ({"status": Status.UNCONFIRMED}, (25, 0)),
        ({"status": Status.FAILED, "clip_may_come": True}, (25, 0)),
        ({"status": Status.FAILED, "credits_charged": 0}, (0, 0)),
        ({"status": Status.CANCELLED}, (0, 0)),
    ],
)
def test_a_restored_job_is_entered_as_it_stands(
    scene: Scene, values: dict[str, Any], expected: tuple[int, int]
) -> None:
    job = make_job(scene, **values)
    assert held_and_spent(job) == expected
    assert {entry.day for entry in LedgerEntry.objects.filter(job=job)} <= {job.created_at.date()}
    job.refresh_from_db()
    job.record_credits("Again.")
    assert held_and_spent(job) == expected
