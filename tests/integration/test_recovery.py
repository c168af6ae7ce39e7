"""Recovery from what the chaos tests have shown: dead and hanging processes, a full disk, an emptied Redis."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from config.environment import private_folders
from generation.engine import holders, journal, leases, poll, queues, sweep
from generation.engine.stand_in import LOOKS_BEFORE_POLL, StandIn
from generation.models import GenerationJob, Lease
from generation.models.status import Status
from projects.models import Scene
from tests.chaos.disk import fill, small_disk
from tests.fakes.runway import FakeRunway, faults
from tests.integration.engine_steps import look, make_due, make_job, poll_once, submitted
from tests.studio_process import RunningStudio, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def dead_token() -> str:
    """The token of a process of this machine that has ended."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    here, _, rest = holders.new_token().split(":")
    return f"{here}:{process.pid}:{rest}"


def test_claims_of_dead_processes_end_at_once(job: GenerationJob, owner: User, runway: FakeRunway) -> None:
    living = make_job(owner, job.scene)
    until = timezone.now() + timedelta(seconds=10)
    for each, token in ((job, dead_token()), (living, holders.new_token())):
        each.move_to(Status.SUBMITTING, claimed_by=token, claim_expires_at=until)
    sweep.sweep({})
    assert look(job).status == Status.UNCONFIRMED
    assert look(living).status == Status.SUBMITTING


def test_jobs_of_dead_processes_are_nudged_at_once(
    job: GenerationJob, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    living, free = make_job(owner, job.scene), make_job(owner, job.scene)
    until = timezone.now() + timedelta(seconds=10)
    for each, token in ((job, dead_token()), (living, holders.new_token()), (free, "")):
        for status in (Status.SUBMITTING, Status.PENDING):
            each.move_to(status)
        each.move_to(Status.DOWNLOADING, claimed_by=token, claim_expires_at=until if token else None)
    nudges: list[tuple[str, ...]] = []
    monkeypatch.setattr(queues, "nudge", lambda *entry: nudges.append(entry))
    # all a moment ago
    sweep.sweep({f"{each.pk}/0": time.monotonic() for each in (job, living, free)})
    assert nudges == [("collect", str(job.pk))]


def test_leases_of_dead_processes_are_free() -> None:
    until = timezone.now() + timedelta(seconds=10)
    Lease.objects.create(name="poll", holder=dead_token(), expires_at=until)
    assert not leases.is_held("poll")
    assert leases.acquire("poll", holders.new_token())
    assert not leases.acquire("poll", holders.new_token())


@pytest.mark.parametrize("holder", ["", "elsewhere:1:x", "other/boot/1:999999:x", "no token at all"])
def test_leases_of_other_machines_end_by_expiry(holder: str) -> None:
    Lease.objects.create(name="poll", holder=holder, expires_at=timezone.now() + timedelta(seconds=10))
    assert leases.is_held("poll")
    assert not leases.acquire("poll", holders.new_token())


def test_a_clock_that_was_set_back_delays_nothing(job: GenerationJob, runway: FakeRunway) -> None:
    job = submitted(job)
    an_hour_ahead = timezone.now() + timedelta(hours=1)
    GenerationJob.objects.filter(pk=job.pk).update(
        due_at=an_hour_ahead, claimed_by="elsewhere:1:x", claim_expires_at=an_hour_ahead
    )
    Lease.objects.create(name="poll", holder="elsewhere:1:x", expires_at=an_hour_ahead)
    assert leases.acquire("poll", holders.new_token())
    sweep.sweep({})
    assert GenerationJob.objects.due(timezone.now()).filter(pk=job.pk).exists()
    runway.move(job.runway_task_id, "RUNNING", progress=0.5)
    with ThreadPoolExecutor(1) as pool:
        poll.poll_due_tasks(pool)
    assert look(job).status == Status.RUNNING


def test_a_daily_limit_may_wait_longer_than_the_backoff(job: GenerationJob) -> None:
    opens = timezone.now() + timedelta(hours=7)
    job.wait("daily_limit", "Runway's daily limit is reached.", opens)
    sweep.sweep({})
    assert look(job).due_at == opens


@pytest.mark.parametrize("at", ["queued", "pending"])
def test_runway_is_away_for_an_hour(job: GenerationJob, runway: FakeRunway, settings: Settings, at: str) -> None:
    """The job shows since when it waits and when it is tried again, and continues without a person."""
    if at == "pending":
        job = submitted(job)
        runway.move(job.runway_task_id, "RUNNING", progress=0.5)
    settings.RUNWAY_API_URL = "http://127.0.0.1:9"
    step = submitted if at == "queued" else poll_once
    began = timezone.now()
    for _ in range(30):  # with at least two minutes between two of them: an hour
        make_due(job)
        job = step(job)
    assert (job.status, job.waiting_code, job.attempts) == (at, "runway_unreachable", 30)
    assert job.waiting_since is not None
    assert job.due_at is not None
    assert began <= job.waiting_since <= began + timedelta(seconds=30)
    assert timedelta(minutes=1) < job.due_at - timezone.now() <= timedelta(minutes=3)
    settings.RUNWAY_API_URL = runway.url
    make_due(job)
    job = step(job)
    assert job.status == ("pending" if at == "queued" else "running")
    assert (job.waiting_code, job.waiting_since) == ("", None)
    assert len(runway.creates) == 1


def test_a_poll_that_no_worker_picks_up_is_run_by_another(
    job: GenerationJob, runway: FakeRunway, redis_server: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll, "SHIFT_SECONDS", 0.05)
    redis_server.flushall()
    job = submitted(job)
    runway.move(job.runway_task_id, "RUNNING", progress=0.5)
    make_due(job)
    stand_in = StandIn("submit")
    stand_in.look()  # no entry waits: it adds one
    assert queues.count_waiting()["poll"] == 1
    for _ in range(LOOKS_BEFORE_POLL - 1):
        stand_in.look()  # a worker may be about to pick it up
    assert look(job).status == Status.PENDING
    stand_in.look()
    assert look(job).status == Status.RUNNING


@pytest.mark.parametrize(
    ("fault", "code"),
    [(faults.refusal(400), "runway_rejected"), (faults.refusal(503), "runway_busy")],
    ids=["400", "503"],
)
def test_a_late_refusal_fails_an_unconfirmed_job(
    job: GenerationJob, runway: FakeRunway, fault: faults.Fault, code: str
) -> None:
    """The sender hung, was considered dead, and then got an answer."""

    def taken_for_dead() -> None:
        GenerationJob.objects.filter(pk=job.pk).update(claim_expires_at=timezone.now())
        sweep.sweep({})
        assert look(job).status == Status.UNCONFIRMED

    runway.during_create = taken_for_dead
    runway.fail_next("create", fault)
    assert (submitted(job).status, look(job).error_code) == (Status.FAILED, code)


def test_a_failed_attempt_is_nudged_again_at_once(
    job: GenerationJob, runway: FakeRunway, redis_server: redis.Redis
) -> None:
    nudged: dict[str, float] = {}
    redis_server.flushall()
    sweep.sweep(nudged)
    sweep.sweep(nudged)
    assert queues.count_waiting()["submit"] == 1
    runway.fail_next("create", faults.refusal(503))
    assert submitted(job).attempts == 1
    make_due(job)
    sweep.sweep(nudged)
    assert queues.count_waiting()["submit"] == 2


@pytest.fixture
def full_disk(settings: Settings) -> Iterator[Path]:
    """The file that fills the disk; removing it makes space."""
    with small_disk(1) as disk:
        if disk.reason:
            pytest.skip(f"no small disk can be had: {disk.reason}")
        settings.DATA_DIR = disk.path
        filler = disk.path / "filler"
        fill(filler)
        yield filler


def test_a_full_disk_prevents_a_paid_request(job: GenerationJob, runway: FakeRunway, full_disk: Path) -> None:
    job = submitted(job)
    assert (job.status, job.waiting_code) == (Status.QUEUED, "disk_full")
    assert not runway.creates
    full_disk.unlink()
    make_due(job)
    job = submitted(job)
    assert job.status == Status.PENDING
    assert journal.find(str(job.pk)) == job.runway_task_id


def test_the_journal_has_its_space_reserved(
    job: GenerationJob, scene: Scene, runway: FakeRunway, full_disk: Path
) -> None:
    full_disk.unlink()

    runway.during_create = lambda: fill(full_disk)
    job = submitted(job)
    assert job.status == Status.PENDING
    assert journal.find(str(job.pk)) == job.runway_task_id


def test_the_journal_skips_records_that_are_cut_off() -> None:
    first, second = journal.reserve("first"), journal.reserve("second")
    assert journal.find("first") is None
    journal.write("second", "task-2", second)
    journal.write("first", "task-1", first)
    with Path(journal._path()).open("ab") as file:
        file.write(b'\n{"jobId": "third", "ta')
    journal.write("third", "task-3")
    assert [journal.find(name) for name in ("first", "second", "third")] == ["task-1", "task-2", "task-3"]


def test_workers_register_again_after_redis_was_emptied(studio: RunningStudio) -> None:
    with redis.Redis(unix_socket_path=str(private_folders.redis_socket_path(studio.data_dir))) as client:
        client.flushall()
    servers = {"redis", "simulator", "web"}
    assert eventually(lambda: studio.health().get("workers") == len(studio.children().keys() - servers), 20)


def test_a_studio_that_cannot_write_keeps_running(studio: RunningStudio) -> None:
    before = studio.children()
    in_the_way = studio.data_dir / ".studio.json"
    in_the_way.mkdir()
    try:
        os.kill(before["web"], signal.SIGKILL)
        eventually(lambda: "the state file could not be written" in studio.log_text())
        eventually(lambda: studio.health().get("status") == "ok", 20)
        assert studio.children() == before
    finally:
        in_the_way.rmdir()
    eventually(lambda: studio.children()["web"] != before["web"])
