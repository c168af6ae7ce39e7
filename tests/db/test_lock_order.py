"""Many people and workers at once, on the same rows: nobody is rolled back because others locked in another order."""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from generation import actions
from generation.batches.create import create_batch
from generation.batches.row import Row
from generation.engine import acceptance, claims, reuse
from generation.engine.reuse import ReuseAttempt
from generation.models import Budget, GenerationJob, IllegalMove, LostRace
from generation.models.status import Status
from generation.runway.task import CreatedTask
from projects.actions import scenes
from projects.live import publish
from projects.models import Scene
from projects.problems import Problem
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, ACTIONS = 6, 25
KIND, MODEL = "text_to_image", "gen4_image"
REQUEST = {"promptText": "a door", "ratio": "1920:1080"}
# what others did in between, and what two requests at once may be told
OVERTAKEN = (Problem, LostRace, IllegalMove)
numbers = itertools.count()


class Crowd:
    """What one of them does, again and again, with any job or scene of the film."""

    def __init__(self, owner: User, scenes: list[Scene], seed: int) -> None:
        self.owner, self.scenes = owner, scenes
        self.dice = random.Random(seed)
        self.does: list[Callable[[], object]] = [
            self.request, self.request_batch, self.retry, self.cancel, self.reorder, self.pause, self.mark,
            self.move_scene, self.send, self.send, self.finish, self.finish, self.give_up,
        ]  # fmt: skip

    def act(self) -> None:
        with contextlib.suppress(*OVERTAKEN):
            self.dice.choice(self.does)()

    def job(self, *statuses: Status) -> GenerationJob:
        jobs = list(GenerationJob.objects.with_related().filter(status__in=statuses).order_by("?")[:1])
        if not jobs:
            raise LostRace("there is none")
        return jobs[0]

    def request(self) -> None:
        scene = self.dice.choice(self.scenes)
        # the same seed a few times: such requests wait for each other
        parameters = REQUEST | {"seed": self.dice.randrange(3)}
        values: dict[str, Any] = {"kind": KIND, "model": MODEL, "parameters": parameters, "reuse": True}
        actions.create_jobs(self.owner, scene, 2, idempotency_key=str(uuid.uuid4()), **values)

    def request_batch(self) -> None:
        order = self.dice.sample(self.scenes, len(self.scenes))
        values = [{"scene": scene.folder_name, "kind": KIND, "model": MODEL, **REQUEST} for scene in order]
        create_batch(self.owner, order[0].project, [Row(n, row) for n, row in enumerate(values, 1)])

    def retry(self) -> None:
        actions.retry(self.owner, self.job(Status.FAILED, Status.CANCELLED))

    def cancel(self) -> None:
        actions.cancel(self.owner, self.job(Status.QUEUED), wait=False)

    def reorder(self) -> None:
        actions.move(self.owner, [self.job(Status.QUEUED)], self.dice.choice(["front", "back", "up", "down"]))

    def pause(self) -> None:
        actions.pause(self.owner, self.scenes[0].project)
        actions.resume(self.owner, self.scenes[0].project)

    def mark(self) -> None:
        actions.annotate(self.job(*Status), starred=True)

    def move_scene(self) -> None:
        scenes.change_scene(self.dice.choice(self.scenes), position=self.dice.randint(1, len(self.scenes)), name="A")

    def send(self) -> None:
        job = self.job(Status.QUEUED)
        with claims.hold(str(job.pk), Status.QUEUED) as claim:
            if claim is None:
                return
            with contextlib.suppress(LostRace):
                self.move_to_submitting(claim)

    def move_to_submitting(self, claim: claims.Claim) -> None:
        with transaction.atomic():
            if ReuseAttempt(claim).wait_for_duplicate():
                return
            claim.job.move_to(Status.SUBMITTING, claim=claim.token)
        if self.dice.random() < 0.3:
            acceptance.mark_unconfirmed(claim.job, "The answer was lost.")
        else:
            acceptance.record_task(claim.job, CreatedTask(str(uuid.uuid4()), None))

    def finish(self) -> None:
        job = self.job(Status.PENDING, Status.RUNNING)
        if job.status == Status.PENDING:
            job.move_to(Status.RUNNING)
        job.fail("INTERNAL", "It did not work.", retryable=True)
        reuse.wake_waiting(job)

    def give_up(self) -> None:
        actions.send_again(self.owner, self.job(Status.UNCONFIRMED))


def test_nobody_waits_in_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "publish_messages", lambda messages: None)
    owner = factories.make_user(is_staff=True)
    project = factories.make_project(owner)
    film = [factories.make_scene(project) for _ in range(4)]
    Budget.objects.create(scope="-/-/total", period="total", credits=10**7)
    errors: list[Exception] = []

    def work(seed: int) -> None:
        crowd = Crowd(owner, film, seed)
        for _ in range(ACTIONS):
            try:
                crowd.act()
            except Exception as error:
                errors.append(error)
        connection.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors
    assert set(GenerationJob.objects.values_list("status", flat=True)) > {Status.QUEUED, Status.FAILED}
