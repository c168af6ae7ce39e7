"""A studio with a history: projects, scenes, jobs in every state, files, events and ledger, written in bulk."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

from generation.models import GenerationJob, JobEvent, LedgerEntry
from generation.models.status import Status
from generation.money import rollup
from projects.models import Asset, Membership, Project, Scene

PROJECTS, SCENES = 20, 10
UNFINISHED = (Status.QUEUED, Status.PENDING, Status.RUNNING, Status.DOWNLOADING, Status.UNCONFIRMED)
MODELS = ("gen4_turbo", "gen4.5", "veo3.1", "seedance2")
PER_JOB = (("estimate", 25), ("reservation", 25), ("release", -25), ("charge", 25))
MOVES = (Status.SUBMITTING, Status.PENDING, Status.RUNNING, Status.DOWNLOADING, Status.COMPLETED)

Row = TypeVar("Row", bound=models.Model)


def fill(jobs: int, *, unfinished: int = 20) -> User:
    """Write that many jobs into an empty database, the same number of them unfinished, and return their owner."""
    dice = random.Random(7)
    owner = User.objects.create(username="owner", is_staff=True, is_superuser=True)
    people = [owner, *(User.objects.create(username=f"person-{number}") for number in range(5))]
    scenes = list(_scenes(people))
    now = timezone.now()
    rows = [_job(dice, number, jobs, unfinished, scenes, people, now) for number in range(jobs)]
    _create(Asset, (row.asset for row in rows if row.asset))
    _create(GenerationJob, rows)
    _create(GenerationJob, _retries(rows))
    _create(JobEvent, (event for row in rows for event in _events(row)))
    _create(LedgerEntry, (entry for row in rows for entry in _entries(row)))
    Scene.objects.update(next_take=jobs * 2, mirrored_version=models.F("version"))
    rollup.roll_up()
    return owner


def _create(model: type[Row], rows: Iterable[Row]) -> None:
    rows = iter(rows)
    while part := list(islice(rows, 500)):
        model._default_manager.bulk_create(part)


def _scenes(people: list[User]) -> Iterator[Scene]:
    for number in range(PROJECTS):
        project = Project.objects.create(slug=f"film-{number}", name=f"Film {number}", next_scene_number=SCENES + 1)
        Membership.objects.create(project=project, user=people[0], role="owner")
        yield from Scene.objects.bulk_create(
            Scene(project=project, number=n, name=f"Scene {n}", position=n) for n in range(1, SCENES + 1)
        )


def _job(
    dice: random.Random, number: int, jobs: int, unfinished: int, scenes: list[Scene], people: list[User], now: datetime
) -> GenerationJob:
    """The newest are unfinished; of the others nine in a hundred failed, and a fifth has a file that is still there."""
    scene, at = scenes[number % len(scenes)], now - timedelta(minutes=3 * (jobs - number))
    if number >= jobs - unfinished:
        status = UNFINISHED[number % len(UNFINISHED)]
    else:
        status = Status.FAILED if dice.random() < 0.09 else Status.COMPLETED
    is_done = status == Status.COMPLETED
    ended = at if status in (Status.COMPLETED, Status.FAILED) else None
    return GenerationJob(
        project=scene.project,
        scene=scene,
        created_by=dice.choice(people),
        model=dice.choice(MODELS),
        parameters={"promptText": f"A slow push in over the water, {number}", "duration": 5, "ratio": "1280:720"},
        take=number + 1,
        status=status,
        progress=100 if is_done else 0,
        error_code="SAFETY.INPUT" if status == Status.FAILED else "",
        error_message="Refused." if status == Status.FAILED else "",
        refused_digest=f"{number:064}" if status == Status.FAILED else None,
        asset=_asset(scene, number, at) if is_done and dice.random() < 0.2 else None,
        runway_task_id=str(uuid.uuid4()),
        due_at=None if ended else now + timedelta(hours=1),
        credits_estimated=Decimal(25),
        credits_charged=Decimal(25) if is_done else None,
        cache_key=uuid.uuid4().hex,
        checked_at=ended,
        created_at=at,
        changed_at=at,
        submitted_at=at,
        finished_at=ended,
    )


def _asset(scene: Scene, number: int, at: datetime) -> Asset:
    return Asset(
        scene=scene,
        kind="video",
        file_name=f"take-{number + 1}.mp4",
        mime_type="video/mp4",
        bytes=1_000_000,
        sha256=uuid.uuid4().hex * 2,
        width=1280,
        height=720,
        duration=5,
        source="generated",
        take=number + 1,
        created_at=at,
    )


def _retries(rows: list[GenerationJob]) -> Iterator[GenerationJob]:
    """A third of the failed jobs was tried again."""
    failed = [row for row in rows if row.status == Status.FAILED]
    for number, row in enumerate(failed[::3]):
        yield GenerationJob(
            project=row.project,
            scene=row.scene,
            created_by=row.created_by,
            model=row.model,
            parameters=row.parameters,
            take=len(rows) + number + 1,
            status=Status.COMPLETED,
            progress=100,
            retry_of=row,
            checked_at=row.finished_at,
            created_at=row.created_at,
            changed_at=row.changed_at,
            finished_at=row.finished_at,
        )


def _events(row: GenerationJob) -> Iterator[JobEvent]:
    for number, status in enumerate(MOVES if row.finished_at else MOVES[:2]):
        at = row.created_at + timedelta(seconds=number)
        yield JobEvent(job=row, kind=JobEvent.Kind.MOVE, status=status, at=at)


def _entries(row: GenerationJob) -> Iterator[LedgerEntry]:
    for kind, credits in PER_JOB if row.finished_at else PER_JOB[:2]:
        yield LedgerEntry(
            kind=kind,
            credits=Decimal(credits),
            at=row.created_at,
            day=row.created_at.date(),
            job=row,
            model=row.model,
            project=row.project,
            scene=row.scene,
            person=row.created_by,
            project_name=row.project.name,
            scene_name=row.scene.name,
            person_name="",
        )
