"""The steps of the engine, one at a time, for tests."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.models import User
from django.utils import timezone
from PIL import Image

from generation import actions
from generation.engine import poll, submit
from generation.models import GenerationJob
from generation.models.status import Status
from projects.actions import new_assets
from projects.models import Scene
from tests.fakes.runway import FakeRunway


def make_job(owner: User, scene: Scene, **changes: object) -> GenerationJob:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 360), "navy").save(buffer, "PNG")
    picture = new_assets.store_upload(scene, "first.png", [buffer.getvalue()], only="image")
    values = {"model": "gen4_turbo", "prompt_text": "push in", "ratio": "1280:720", "duration": 5} | changes
    return actions.generate(owner, scene, image=picture, **values)[0]  # type: ignore[arg-type]


def look(job: GenerationJob) -> GenerationJob:
    return GenerationJob.objects.with_related().get(pk=job.pk)


def make_due(job: GenerationJob) -> None:
    GenerationJob.objects.filter(pk=job.pk).update(due_at=timezone.now())


def poll_once(job: GenerationJob) -> GenerationJob:
    make_due(job)
    with ThreadPoolExecutor(4) as pool:
        poll.poll_due_tasks(pool)
    return look(job)


def submitted(job: GenerationJob) -> GenerationJob:
    submit.submit(str(job.pk))
    return look(job)


def finished_there(job: GenerationJob, runway: FakeRunway, clip: bytes) -> GenerationJob:
    job = submitted(job)
    runway.succeed(job.runway_task_id, clip)
    job = poll_once(job)
    assert job.status == Status.DOWNLOADING
    return job
