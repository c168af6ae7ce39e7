"""A state machine over the life of jobs: steps in any order, repeated nudges, crashes at any point, late answers.

At any time a job has one paid request, its progress and version only grow, its moves are in the table, and its clip is
the one that was paid for. Once the faults are over, every job ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import shutil
import uuid
import warnings
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from PIL import Image
from pytest_django import Settings
from requests.adapters import HTTPAdapter

from generation import actions, tasks
from generation.engine import poll, sweep
from generation.models import GenerationJob, JobEvent, LedgerEntry, LostRace, RunwayState
from generation.models.ledger import HELD, SPENT
from generation.models.status import ENDED, MOVES, Status
from generation.simulator import clips
from projects import mirror
from projects.actions import new_assets
from projects.models import Asset, Scene
from projects.problems import Problem
from tests.db.machine_runway import URL, MachineRunway
from tests.factories import make_project, make_scene, make_user
from tests.fakes.process_death import Death, Lifetime, patch_files
from tests.fakes.runway import Fault, faults
from tests.fakes.runway.transport import MemoryTransport
from tests.media import picture

pytestmark = pytest.mark.django_db(transaction=True)

JOBS_AT_ONCE = 2
JOBS = st.integers(0, JOBS_AT_ONCE - 1)
CREATE_FAULTS: st.SearchStrategy[Fault | None] = st.sampled_from(
    [None] * 5
    + [faults.BUSY, faults.TOO_MANY, faults.REJECTED, faults.NO_CREDITS, faults.CUT_BEFORE, faults.CUT_AFTER]
    + [faults.BAD_GATEWAY, faults.NOT_ACCEPTED]
)
# the faults of reading a task, and of a download
READ_FAULTS: st.SearchStrategy[tuple[Fault, Fault] | None] = st.sampled_from(
    [None] * 4
    + [
        (faults.CUT, faults.CUT_HALFWAY),
        (faults.UNAVAILABLE, faults.EXPIRED),
        (faults.NO_JSON, faults.NO_CLIP),
        (faults.SERVER_ERROR, faults.SERVER_ERROR),
    ]
)
STATES = st.sampled_from(["SUCCEEDED"] * 5 + ["PENDING", "THROTTLED", "RUNNING", "FAILED", "CANCELLED", "forgotten"])
# the number of the operation before which the process of a step crashes
DEATHS = st.one_of(st.none(), st.none(), st.integers(0, 40))
WHAT = st.sampled_from(
    ["next step"] * 8 + ["submit", "collect", "poll", "sweep", "cancel", "retry", "give", "adopt", "time"]
)
NEXT = {Status.QUEUED: "submit", Status.DOWNLOADING: "collect", Status.SUBMITTING: "sweep"}
MEANWHILE = st.sampled_from(
    ["", "", "", "", "late", "late submit collect", "late give", "late give retry submit", "soon cancel", "soon poll"]
)
REST_ROUNDS = 12
EXAMPLES, STEPS = 15, 15
WATCHED_COLUMNS = ("pk", "status", "version", "progress", "error_code", "error_traceback")
lifetime = Lifetime()


class JobMachine(RuleBasedStateMachine):
    clip = b""
    owner: User
    scene: Scene
    image: Asset
    runway: MachineRunway
    transport: MemoryTransport

    def __init__(self) -> None:
        super().__init__()
        JobMachine.runway = MachineRunway(self.clip)
        JobMachine.transport = MemoryTransport(self.runway, lifetime)
        self.seen: dict[uuid.UUID, tuple[int, int]] = {}

        self.retried: Counter[str] = Counter()

    def teardown(self) -> None:
        try:
            self.finish_all_jobs()
        finally:
            GenerationJob.objects.all().delete()
            RunwayState.objects.all().delete()
            self.scene.assets.filter(kind="video").delete()
            # metadata, too: a scene.json that knows jobs without rows is taken in
            for folder in ("videos", "metadata"):
                shutil.rmtree(self.scene.path / folder)

    # rules

    @rule(
        job=JOBS,
        what=WHAT,
        create_fault=CREATE_FAULTS,
        read_fault=READ_FAULTS,
        state=STATES,
        death=DEATHS,
        before=st.integers(0, 1),
        meanwhile=MEANWHILE,
    )
    def happen(
        self, job: int, what: str, create_fault: Fault | None, read_fault: tuple[Fault, Fault] | None, state: str,
        death: int | None, before: int, meanwhile: str,
    ) -> None:  # fmt: skip
        """Do one thing. A single rule, since several would be drawn evenly, and most would find nothing to do."""
        key = self.pick_job(job, what)
        self.runway.draw_faults(create_fault, read_fault)
        self.transport.meanwhile, self.transport.requests_before = lambda: self.meanwhile(key, meanwhile), before
        if what in ("next step", "time"):
            time_passes()
        if what == "next step":
            self.runway_moves(key, state)
            what = NEXT.get(Status(find(key).status), "poll")
        if what != "time":
            self.process(lambda: self.act(key, what), death)

    # steps

    def pick_job(self, number: int, what: str) -> str:
        """Return one of the newest jobs; a new one when all have ended and a worker is to do something."""
        if what == "next step" and not GenerationJob.objects.unfinished().exists():
            return self.create_job()
        newest = list(GenerationJob.objects.values_list("pk", flat=True)[:JOBS_AT_ONCE])
        return str(newest[number % len(newest)]) if newest else self.create_job()

    def create_job(self) -> str:
        values: dict[str, Any] = {"model": "gen4_turbo", "prompt_text": "in", "ratio": "1280:720", "duration": 5}
        return str(actions.generate(self.owner, self.scene, image=self.image, **values)[0].pk)

    def runway_moves(self, job: str, state: str) -> None:
        for task_id in self.runway.paid_by(job):
            if state == "forgotten":
                self.runway.forget(task_id)
            else:
                self.runway.reach(task_id, state)

    def retry(self, job: str) -> None:
        self.retried[job] += 1
        actions.retry(self.owner, find(job))

    def send(self, job: str) -> None:
        self.runway.sending.append(job)
        try:
            tasks.submit(job)
        finally:
            self.runway.sending.pop()

    def process(self, step: Callable[[], object], death: int | None) -> None:
        """Run a step as a process that may crash."""
        lifetime.begin(death)
        try:
            # a crash leaves files open
            with warnings.catch_warnings(action="ignore", category=ResourceWarning):
                self.live(step)
        finally:
            lifetime.begin()
            self.runway.clear_faults()
            self.transport.meanwhile = None

    def live(self, step: Callable[[], object]) -> None:
        try:
            with connection.execute_wrapper(crash_when_spent):
                step()
        except Death:
            connection.close()
        except (Problem, LostRace):
            pass  # an action was refused, or a worker was overtaken

    def act(self, job: str, what: str) -> None:
        """Run a step of a worker or an action of a person; an adopted task is one that Runway has for the job."""
        adopted = next(iter(self.runway.paid_by(job)), str(uuid.uuid4()))
        acts: dict[str, Callable[[], object]] = {
            "submit": lambda: self.send(job),
            "collect": lambda: tasks.collect(job),
            "poll": poll_once,
            "sweep": lambda: sweep.sweep({}),
            "cancel": lambda: actions.cancel(self.owner, find(job)),
            "retry": lambda: self.retry(job),
            "give": lambda: actions.resolve(self.owner, find(job), lost=True),
            "adopt": lambda: actions.resolve(self.owner, find(job), task_id=adopted),
        }
        acts[what]()

    def meanwhile(self, job: str, what: str) -> None:
        """Do what others do while a request of the job is out; "late": after its sender is considered dead."""
        with contextlib.suppress(Problem, LostRace):
            if what.startswith("late"):
                time_passes()
                sweep.sweep({})
            for action in what.split()[1:]:
                self.act(job, action)

    # invariants

    @invariant()
    def paid_once(self) -> None:
        assert self.runway.ledger.paid_twice() == []

    @invariant()
    def ledger_matches_rows(self) -> None:
        """The entries of the ledger add up to what the rows say."""
        sums = {"held": Sum("credits", filter=HELD), "spent": Sum("credits", filter=SPENT)}
        entered: dict[Any, Any] = {
            row["job"]: row for row in LedgerEntry.objects.order_by().values("job").annotate(**sums)
        }
        for job in GenerationJob.objects.all():
            totals = entered[job.pk]
            assert (totals["held"] or 0, totals["spent"] or 0) == (job.credits.held, job.credits.spent)

    @invariant()
    def version_and_progress_only_grow(self) -> None:
        for key, status, version, progress, error, trace in GenerationJob.objects.values_list(*WATCHED_COLUMNS):
            last_version, last_progress = self.seen.get(key, (0, 0))
            assert version >= last_version
            assert progress >= last_progress
            assert error != "our_error", trace
            if status == Status.COMPLETED and version > last_version:
                self.clip_is_the_paid_one(key)
            self.seen[key] = (version, progress)

    def clip_is_the_paid_one(self, key: uuid.UUID) -> None:
        job = find(str(key))
        assert job.asset is not None
        assert job.runway_task_id in self.runway.paid_by(str(key))
        content = job.asset.path.read_bytes()
        assert content == self.runway.outputs[f"{job.runway_task_id}.mp4"]
        assert hashlib.sha256(content).hexdigest() == job.asset.sha256

    # checks once the faults are over

    def finish_all_jobs(self) -> None:
        for _ in range(REST_ROUNDS):
            if not (left := list(GenerationJob.objects.unfinished())):
                break
            for task_id in list(self.runway.tasks):
                self.runway.reach(task_id, "SUCCEEDED")
            time_passes()
            sweep.sweep({})
            poll_once()
            for job in left:
                self.send(str(job.pk))
                tasks.collect(str(job.pk))
        self.paid_once()
        self.version_and_progress_only_grow()
        for key in GenerationJob.objects.filter(status=Status.COMPLETED).values_list("pk", flat=True):
            self.clip_is_the_paid_one(key)
        self.every_job_has_ended()
        self.every_move_was_legal()
        self.files_match_rows()

    def every_job_has_ended(self) -> None:
        left = {str(job.pk): job.status for job in GenerationJob.objects.exclude(status__in=ENDED)}
        assert not left
        for job in GenerationJob.objects.filter(status=Status.UNCONFIRMED):
            recorded = JobEvent.objects.filter(job=job, runway_task_id__isnull=False)
            assert not recorded.exists(), "a recorded task is followed"
            assert str(job.pk) not in self.runway.proven, "a task in the journal is followed"

    def every_move_was_legal(self) -> None:
        for job in GenerationJob.objects.all():
            moves = [Status(event.status) for event in job.events.filter(kind=JobEvent.Kind.MOVE).order_by("pk")]
            assert moves[0] == Status.QUEUED
            assert moves[-1] == job.status
            for old, new in itertools.pairwise(moves):
                assert new in MOVES[old], f"{old} → {new}"
            assert moves.count(Status.FAILED) <= self.retried[str(job.pk)] + 1, "only a person retries a failed job"

    def files_match_rows(self) -> None:
        mirror.at_start()
        videos = self.scene.path / "videos"
        rows = set(self.scene.assets.filter(kind="video").values_list("file_name", flat=True))
        assert {path.name for path in videos.iterdir()} == rows
        assert not mirror.write_behind()


def find(job: str) -> GenerationJob:
    return GenerationJob.objects.with_related().get(pk=job)


def poll_once() -> None:
    with ThreadPoolExecutor(1) as pool:
        poll.poll_due_tasks(pool)


def time_passes() -> None:
    """Let so much time pass that every claim has expired, every step is due, and Runway's limits are outdated."""
    now = timezone.now()
    GenerationJob.objects.exclude(claimed_by="").update(claim_expires_at=now - timedelta(seconds=1))
    GenerationJob.objects.exclude(due_at=None).update(due_at=now)
    RunwayState.objects.update(organization_at=None)


def crash_when_spent(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    lifetime.spend()
    return execute(sql, params, many, context)


def test_any_order_of_steps(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.RUNWAY_API_URL, settings.RUNWAY_API_KEY, settings.RUNWAY_IS_SIMULATOR = URL, "key_test", False
    if connection.vendor == "sqlite":
        # no power cut is tested, so nothing has to be flushed
        monkeypatch.setitem(
            connection.settings_dict["OPTIONS"], "init_command", "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
        )
    connection.close()
    clips.draw_clip(Image.new("RGB", (64, 36), "teal"), 64, 36, 0.2, tmp_path / "clip.mp4")
    JobMachine.clip = (tmp_path / "clip.mp4").read_bytes()
    JobMachine.owner = make_user("owner")
    JobMachine.scene = make_scene(make_project(JobMachine.owner))
    JobMachine.image = new_assets.store_upload(JobMachine.scene, "first.png", [picture(kind="PNG")], only="image")
    monkeypatch.setattr(HTTPAdapter, "send", lambda *args, **options: JobMachine.transport.send(*args, **options))
    patch_files(monkeypatch, lifetime, lambda: JobMachine.runway.proven.add(JobMachine.runway.sending[-1]))
    # the suite repeats the same examples; MACHINE_EXAMPLES=500 looks for new ones
    more = os.environ.get("MACHINE_EXAMPLES")
    run_state_machine_as_test(
        JobMachine,
        settings=hypothesis_settings(
            max_examples=int(more or EXAMPLES), derandomize=not more, stateful_step_count=STEPS, deadline=None
        ),
    )
