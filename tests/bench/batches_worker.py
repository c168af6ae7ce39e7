"""The batch of `batches.py`, on SQLite and a Redis of its own; prints what it measured, name=number."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

FOLDER = Path(sys.argv[1])
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DATA_DIR": str(FOLDER),
    "PROJECTS_ROOT": "",
    "DATABASE_URL": "",
    "REDIS_URL": "",
    "RUNWAY_API_URL": "http://127.0.0.1:9",
    "RUNWAY_API_KEY": "key_test",
    "RUNWAY_POLL_SECONDS": "0.1",
}

import django  # noqa: E402
import django_rq  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image  # noqa: E402

from config.studio import redis as studio_redis  # noqa: E402
from generation import actions, tasks  # noqa: E402
from generation.batches import shotlist  # noqa: E402
from generation.batches.cancel import cancel_batch  # noqa: E402
from generation.batches.create import create_batch  # noqa: E402
from generation.batches.planner import Planner  # noqa: E402
from generation.batches.row import Row  # noqa: E402
from generation.batches.summary import summarize  # noqa: E402
from generation.engine import collect, forecast, poll, queues, runway_account, submit  # noqa: E402
from generation.models import GenerationJob, JobEvent  # noqa: E402
from generation.models.status import ENDED, Status  # noqa: E402
from projects import actions as projects_actions  # noqa: E402
from projects.actions import new_assets  # noqa: E402
from projects.models import Project  # noqa: E402
from tests import media  # noqa: E402

TAKES, SCENES, DAILY, HITS = 200, 40, 50, 30


@contextmanager
def simulator(*options: str) -> Iterator[None]:
    """Small clips, made at once; the settings point to it."""
    command = [sys.executable, "manage.py", "runway_simulator", "--port", "0", "--small", "--task-seconds", "0.1"]
    data = ["--data-dir", str(FOLDER / f"simulator-{len(options)}")]
    with subprocess.Popen([*command, *data, *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            settings.RUNWAY_API_URL = next(line for line in process.stdout if "ready" in line).split()[-1]
            runway_account.expire_organization()
            runway_account.refresh_organization()
            yield
        finally:
            process.terminate()


def project(owner: User) -> Project:
    made = projects_actions.create_project(owner, "Bench")
    for number in range(SCENES):
        scene = projects_actions.create_scene(made)
        picture = media.encode(Image.new("RGB", (640, 360), (6 * number, 40, 90)))
        new_assets.store_upload(scene, "first.jpg", [picture], only="image")
    return made


def shots() -> list[Row]:
    return shotlist.rows_from_items(
        [{"scene": f"scene-{n % SCENES + 1}", "promptText": "push in", "seed": n // SCENES} for n in range(TAKES)]
    )


def paid() -> int:
    return JobEvent.objects.filter(kind=JobEvent.Kind.ANSWER).exclude(runway_task_id=None).count()


def settled() -> None:
    GenerationJob.objects.at_runway().update(due_at=timezone.now())
    with ThreadPoolExecutor(4) as pool:
        poll.poll_due_tasks(pool)
    for job in GenerationJob.objects.filter(status=Status.DOWNLOADING):
        collect.collect(str(job.pk))


def work(until: int) -> None:
    """As workers do, until so many have ended or nothing is due any more."""
    while GenerationJob.objects.filter(status__in=ENDED).count() < until:
        due = GenerationJob.objects.filter(status=Status.QUEUED).due(timezone.now()).order_by("created_at")
        first = due[: 1 if GenerationJob.objects.at_runway().exists() else 2]
        if not first and not GenerationJob.objects.at_runway().exists():
            return
        for job in first:
            submit.submit(str(job.pk))
        settled()
        time.sleep(0.05)


def timed(name: str, began: float) -> None:
    print(f"{name}={time.monotonic() - began:.3f}", flush=True)


def main() -> None:
    call_command("migrate", verbosity=0)
    with subprocess.Popen(studio_redis.create_child(FOLDER).command, stdout=subprocess.DEVNULL) as server:
        try:
            while not queues.is_redis_up():
                time.sleep(0.05)
            measure(User.objects.create(username="owner"))
        finally:
            server.terminate()


def measure(owner: User) -> None:
    film, rows = project(owner), shots()
    with simulator("--concurrency", "1", "--daily", str(DAILY)):
        first_day(owner, film, rows)
    with simulator("--concurrency", "50"):
        the_rest(owner, film, rows)
        the_same_again(owner, film, rows)
        single_hits(owner, film)


def first_day(owner: User, film: Project, rows: list[Row]) -> None:
    # what the simulator allows is one pool for all models; the plan reads it for each
    began = time.monotonic()
    plan = Planner(owner, film).plan(rows)
    asked = [(item.model.name, item.parameters, item.credits) for item in plan.items]
    print(f"fits={sum(found.fits for found in forecast.forecast_requests(asked))}")
    timed("preview_seconds", began)
    began = time.monotonic()
    batch, _ = create_batch(owner, film, rows)
    timed("start_seconds", began)
    work(until=DAILY)
    GenerationJob.objects.filter(status=Status.QUEUED).update(due_at=None)
    for job in GenerationJob.objects.filter(status=Status.QUEUED).order_by("created_at")[:3]:
        submit.submit(str(job.pk))
    settled()
    print(f"paid_first_day={paid()}")
    cancel_batch(owner, batch)
    settled()
    found = summarize(batch)
    done, cancelled = (found.counts.get(status, 0) for status in (Status.COMPLETED, Status.CANCELLED))
    print(f"unaccounted={TAKES - done - cancelled + abs(done - paid())}")


def the_rest(owner: User, film: Project, rows: list[Row]) -> None:
    create_batch(owner, film, rows)
    for _ in range(TAKES):
        waiting = list(GenerationJob.objects.filter(status=Status.QUEUED).order_by("created_at")[:TAKES])
        for job in waiting:
            GenerationJob.objects.filter(pk=job.pk, status=Status.QUEUED).update(due_at=None)
            submit.submit(str(job.pk))
        settled()
        if not GenerationJob.objects.unfinished().exists():
            break
        time.sleep(0.2)
    print(f"paid_twice={paid() - TAKES}")


def the_same_again(owner: User, film: Project, rows: list[Row]) -> None:
    """What was put into the queue is worked off as a worker does it."""
    queue = django_rq.get_queue("submit")
    queue.empty()  # type: ignore[no-untyped-call]
    before, began = paid(), time.monotonic()
    batch, _ = create_batch(owner, film, rows)
    while entries := queue.get_jobs(0, -1):
        queue.empty()  # type: ignore[no-untyped-call]
        for entry in entries:
            tasks.submit(*entry.args)
    timed("again_seconds", began)
    left = summarize(batch)
    print(f"paid_again={paid() - before + TAKES - left.counts.get(Status.COMPLETED, 0)}")


def single_hits(owner: User, film: Project) -> None:
    scene = film.scenes.get(number=1)
    image = scene.assets.get(kind="image")
    for name, reuse in (("hit", True), ("plain", False)):
        seconds = []
        for _ in range(HITS):
            began = time.monotonic()
            actions.generate(owner, scene, image=image, prompt_text="push in", seed=0, reuse=reuse)
            seconds.append(time.monotonic() - began)
        print(f"{name}_median={median(seconds):.4f}")


if __name__ == "__main__":
    main()
