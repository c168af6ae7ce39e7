"""The usage page over a year's ledger of 100,000 entries, beside the same sums made entry by entry."""

from __future__ import annotations

import random
import time
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from generation.models import DaySpend, GenerationJob, LedgerEntry
from generation.models.status import Status
from generation.money import rollup, totals
from projects.models import Membership, Project, Scene
from tests.bench.table import Row, percentile

ENTRIES = 100_000
REQUESTS = 40
PROMISED = 0.150
MODELS = ("gen4_turbo", "gen4.5", "veo3.1", "seedance2", "kling3.0_pro")
DAYS = 365


def rows() -> list[Row]:
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    owner = User.objects.get_or_create(username="bench")[0]
    client = Client()
    client.force_login(owner)
    fill(owner, ENTRIES)
    roll_up = _roll_up_seconds()
    # the first request of a process imports and compiles
    for path in ("/usage/?range=all", "/usage/"):
        _seconds(client, path)
    whole = percentile([_seconds(client, "/usage/?range=all") for _ in range(REQUESTS)], 0.95)
    month = percentile([_seconds(client, "/usage/") for _ in range(REQUESTS)], 0.95)
    entry_by_entry = percentile([_from_entries() for _ in range(5)], 0.95)
    name = "the same sums entry by entry"
    return [
        Row("usage page, 100,000 entries, all time, p95", whole, "≤ 0.15 s", whole <= PROMISED, entry_by_entry, name),
        Row("usage page, 100,000 entries, 30 days, p95", month, "≤ 0.15 s", month <= PROMISED, entry_by_entry, name),
        Row("rolling up 100,000 entries by the day, in the sweep", roll_up, "none", True),
    ]


def fill(owner: User, entries: int, projects: int = 20, scenes: int = 10) -> None:
    """Jobs of a year with four entries each, spread over projects, scenes, models and people."""
    dice = random.Random(5)
    people = [owner, *(User.objects.get_or_create(username=f"bench-{number}")[0] for number in range(7))]
    places = [place for number in range(projects) for place in _scenes(owner, f"bench-{number}", scenes)]
    now = timezone.now() - timedelta(hours=1)
    jobs = [_job(dice, number, places, people, now) for number in range(entries // 4)]
    GenerationJob.objects.bulk_create(jobs, batch_size=500)
    LedgerEntry.objects.bulk_create((entry for job in jobs for entry in _entries(job)), batch_size=500)


def _scenes(owner: User, slug: str, count: int) -> list[Scene]:
    project = Project.objects.create(slug=f"{slug}-{uuid.uuid4().hex[:6]}", name=slug)
    Membership.objects.create(project=project, user=owner, role="owner")
    numbers = range(1, count + 1)
    return Scene.objects.bulk_create(
        Scene(project=project, number=number, name=f"Scene {number}", position=number) for number in numbers
    )


def _job(dice: random.Random, number: int, places: list[Scene], people: list[User], now: Any) -> GenerationJob:
    scene, at = dice.choice(places), now - timedelta(days=dice.randrange(DAYS), minutes=dice.randrange(600))
    return GenerationJob(
        project=scene.project,
        scene=scene,
        created_by=dice.choice(people),
        model=dice.choice(MODELS),
        parameters={"promptText": "A slow push in over the water as the sun comes up", "duration": 5},
        take=number + 1,
        status=Status.COMPLETED if dice.random() < 0.9 else Status.FAILED,
        credits_estimated=25,
        credits_charged=25,
        created_at=at,
        finished_at=at,
    )


def _entries(job: GenerationJob) -> list[LedgerEntry]:
    lines = (("estimate", 25), ("reservation", 25), ("release", -25), ("charge", 25))
    return [
        LedgerEntry(
            kind=kind, credits=Decimal(credits), at=job.created_at, day=job.created_at.date(), job=job, model=job.model,
            project_id=job.project_id, scene_id=job.scene_id, person=job.created_by, project_name="Film",
            scene_name="Scene", person_name="bench",
        )
        for kind, credits in lines
    ]  # fmt: skip


def _seconds(client: Client, path: str) -> float:
    began = time.monotonic()
    answer = client.get(path)
    assert answer.status_code == 200
    return time.monotonic() - began


def _roll_up_seconds() -> float:
    """The sweep does this; afterwards the page reads daily totals."""
    began = time.monotonic()
    rollup.roll_up()
    return time.monotonic() - began


def _from_entries() -> float:
    """The queries of the page over entries that are not rolled up."""
    began = time.monotonic()
    DaySpend.objects.all().delete()
    ledger = totals.LedgerSnapshot()
    for dimensions in (("day",), ("project", "scene"), ("model", "person", "person_name"), ()):
        ledger.totals_by(dimensions, Q(day__gte=date(2000, 1, 1)))
    return time.monotonic() - began
