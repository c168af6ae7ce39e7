"""A film in the middle of its making, for pages to show: takes in many states, a batch, budgets, members, a story.

Run within a studio's environment, as `python -m tests.browser.sample_film`, while that studio runs. It belongs to Mara,
whose session and addresses are printed as JSON; nobody else sees it. Its unfinished takes stand still for a quarter of
an hour: their next step is due no sooner.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
from PIL import Image

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from generation.engine import outputs  # noqa: E402
from generation.models import (  # noqa: E402
    Batch,
    GenerationJob,
    JobEvent,
    QualityReport,
    QualityThumbnail,
    WebhookDelivery,
    WebhookEndpoint,
)
from generation.models.status import Status  # noqa: E402
from generation.money import budget_settings  # noqa: E402
from generation.simulator import clips, synth_audio  # noqa: E402
from projects import actions  # noqa: E402
from projects.access.tokens import create_token  # noqa: E402
from projects.actions import assets, new_assets, posters  # noqa: E402
from projects.disk import probe  # noqa: E402
from projects.models import Asset, Project, Scene  # noqa: E402
from tests import factories  # noqa: E402

S = Status
WIDTH, HEIGHT, SECONDS = 1280, 720, 2
NOW = timezone.now()
STANDS_STILL = timedelta(minutes=15)
# name, which of the drawn places, what its takes are asked for
SCENES = (
    ("The keeper comes home", 0, "A slow push in over the water as the sun goes down behind the lighthouse"),
    ("Rain on the harbour street", 1, "The camera tracks left past wet cobblestones; a neon sign flickers once"),
    ("Across the dunes", 2, "A lone figure crosses the ridge from left to right, wind lifts the sand"),
    ("Letters by the window", 3, "Dust turns in the light, the curtain moves; hold still, then a slow pull back"),
    ("Fog over the hills before anybody in the village is awake", 4, "The fog rolls in from the right"),
    ("Titles", None, ""),
)
# how the camera moves in the clips of each scene
CAMERA = {0: ("out", "in"), 1: ("left",), 2: ("right",), 3: ("right",)}
# from the press of the button, in seconds, to each state of a take that goes well
COURSE = ((S.SUBMITTING, 1), (S.PENDING, 2), (S.RUNNING, 9), (S.DOWNLOADING, 48), (S.COMPLETED, 51))


@dataclass
class Film:
    mara: User
    project: Project
    scenes: list[Scene] = field(default_factory=list)
    pictures: list[Asset] = field(default_factory=list)
    drawn: dict[tuple[int, str], Path] = field(default_factory=dict)

    def prepare(self, folder: Path) -> None:
        """Scenes with their pictures, and all clips: what takes its time."""
        for number, (name, place, _) in enumerate(SCENES):
            self.scenes.append(actions.create_scene(self.project, name))
            if place is None:
                continue
            still = clips.draw_picture(WIDTH, HEIGHT, place)
            self.pictures.append(_picture(self.scenes[-1], still, "first-frame.jpg"))
            for move in CAMERA.get(number, ()):
                self.drawn[number, move] = folder / f"{number}-{move}.mp4"
                clips.draw_clip(still, WIDTH, HEIGHT, SECONDS, self.drawn[number, move], move=move)

    def job(self, number: int, ago: timedelta, **values: Any) -> GenerationJob:
        """A request for a take of scene `number` (from 0), so long ago."""
        scene = self.scenes[number]
        take = scene.jobs.count() + 1
        Scene.objects.filter(pk=scene.pk).update(next_take=take + 1)
        defaults: dict[str, Any] = {
            "model": "gen4_turbo", "credits_estimated": 25, "created_by": self.mara, "take": take,
            "parameters": {"promptText": SCENES[number][2], "ratio": "1280:720", "duration": 5},
            "first_frame": self.pictures[number], "created_at": NOW - ago,
        }  # fmt: skip
        job = factories.make_job(scene, **{**defaults, **values})
        job.add_event(JobEvent.Kind.NOTE, f"Requested by {self.mara}.", status=S.QUEUED)
        return job

    def take(self, number: int, ago: timedelta, move: str, *, verdict: str = "pass", **values: Any) -> GenerationJob:
        """One that has come, with its clip."""
        job, path = self.job(number, ago, **values), self.drawn[number, move]
        clip = new_assets.add_generated(job.scene, path, probe.inspect(path), f"take-{job.take:03d}.mp4", job.take)
        walk(
            job,
            S.COMPLETED,
            asset=clip,
            outputs=[outputs.output_entry(clip)],
            credits_charged=job.credits_estimated,
            checked_at=NOW,
        )
        QualityReport.objects.create(job=job, verdict=verdict, c2pa=False)
        return job


def walk(job: GenerationJob, end: Status, message: str = "", **last: Any) -> None:
    """Through the states before `end`, each at its time."""
    before = [(status, at) for status, at in COURSE if status != S.COMPLETED]
    reached = {S.UNCONFIRMED: 1, S.PENDING: 1, S.THROTTLED: 2, S.RUNNING: 2, S.FAILED: 3, S.COMPLETED: 4}[end]
    course = [*before[:reached], (end, {S.COMPLETED: 51, S.RUNNING: 9, S.THROTTLED: 4}.get(end, 31))]
    for status, _ in course:
        changes: dict[str, Any] = last if status == end else {}
        if status == S.SUBMITTING:
            sent = {**job.parameters, "model": job.model, "promptImage": f"{job.first_frame}, 184 kB"}
            job.move_to(status, data={"request": sent}, submitted_at=job.created_at + timedelta(seconds=1))
            continue
        if status == S.PENDING:
            changes = {"runway_task_id": str(uuid.uuid4()), **changes}
        job.move_to(status, message=message if status == end else "", **changes)
    _date(job, [0, *(at for _, at in course)])


def _date(job: GenerationJob, seconds: list[int]) -> None:
    """What is written down of it was so at its time."""
    events = list(job.events.order_by("id"))
    for event, at in zip(events, seconds, strict=True):
        event.at = job.created_at + timedelta(seconds=at)
    JobEvent.objects.bulk_update(events, ["at"])
    if job.finished_at:
        GenerationJob.objects.filter(pk=job.pk).update(finished_at=events[-1].at)


def _picture(scene: Scene, image: Image.Image, name: str) -> Asset:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=88)
    return new_assets.store_upload(scene, name, [buffer.getvalue()], only=Asset.Kind.IMAGE)


def fill(film: Film) -> dict[str, str]:
    """Addresses' parts by name."""
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    bad = film.take(0, 29 * hour, "out", verdict="warn", mark="rejected", note="The horizon drifts.")
    _reason(bad, "The first frame differs from the prompt picture (likeness 0.61).")
    note = "This is the one: calm, and the light holds."
    good = film.take(0, 28 * hour, "in", mark="starred", note=note, retry_of=bad)
    assets.change_asset(good.asset, selected=True)  # type: ignore[arg-type]
    refused = film.job(0, 5 * hour)
    walk(
        refused, S.FAILED, "Runway's moderation refused the input: change the prompt or the picture.",
        error_code="SAFETY.INPUT.TEXT", error_message="Runway's moderation refused the input: change the prompt or "
        "the picture.", credits_charged=0,
    )  # fmt: skip
    running = film.job(0, minute, model="gen4.5", credits_estimated=60)
    walk(running, S.RUNNING, progress=62, running_at=NOW - 40 * timedelta(seconds=1), due_at=NOW + STANDS_STILL)
    film.take(1, 27 * hour, "left")
    unconfirmed = film.job(1, 2 * hour)
    walk(unconfirmed, S.UNCONFIRMED, "The connection was cut after the request had been sent.")
    _batch(film, unconfirmed, 20 * minute)
    third = film.take(3, 26 * hour, "right")
    assets.change_asset(third.asset, selected=True)  # type: ignore[arg-type]
    voice = _voice(film, 3, 25 * hour)
    token, _ = create_token(film.mara, "Edit suite", read_only=True)
    budget = budget_settings.set_budget(
        film.mara, project=film.project, username=None, period="month", credits=Decimal(600)
    )
    budget_settings.set_budget(film.mara, project=film.project, username="ben", period="day", credits=Decimal(50))
    batch = film.project.batches.get()
    webhook = _webhook(film)
    return {
        "project": film.project.slug, "project_key": str(film.project.pk), "scene_key": str(film.scenes[0].pk),
        "job": str(good.pk), "failed": str(refused.pk), "running": str(running.pk), "unconfirmed": str(unconfirmed.pk),
        "batch": str(batch.pk), "image": str(film.pictures[0].pk), "voice": str(voice.pk), "token": str(token.pk),
        "budget": str(budget.pk), "user": str(film.mara.pk),
        "webhook": str(webhook.pk),
    }  # fmt: skip


def _webhook(film: Film) -> WebhookEndpoint:
    """One that nothing on these pages happens to be told to, with a log."""
    url = "https://edit.example.org/hooks/dailies?room=mara"
    endpoint = WebhookEndpoint.objects.create(owner=film.mara, url=url, events=["batch.completed"])
    job = {"projectId": film.project.slug, "sceneId": "scene-1", "status": "completed", "model": "gen4_turbo"}
    for event, status, error in (("job.completed", 204, ""), ("job.failed", 503, "It answered 503.")):
        delivery = WebhookDelivery.objects.write([endpoint], event, job)[0]
        outcome = {"attempts": 1, "response_status": status, "error": error, "finished_at": NOW, "attempted_at": NOW}
        WebhookDelivery.objects.filter(pk=delivery.pk).update(answer=error and "The room is closed.", **outcome)
    return endpoint


def _reason(job: GenerationJob, message: str) -> None:
    told = {"code": "first_frame", "level": "warn", "message": message, "at": 0.0, "thumbnail": True}
    QualityReport.objects.filter(job=job).update(reasons=[told])
    poster = posters.poster_of(job.asset)  # type: ignore[arg-type]
    QualityThumbnail.objects.create(report=job.quality, number=0, jpeg=poster.read_bytes())


def _batch(film: Film, done: GenerationJob, ago: timedelta) -> None:
    """Dunes in several ways: some wait here, some at Runway, one is done, one has failed."""
    batch = Batch.objects.create(project=film.project, created_by=film.mara, name="Dunes, three models")
    later = NOW + STANDS_STILL
    first = film.take(2, ago, "right", batch=batch, batch_row=1)
    assert first.asset
    throttled = film.job(2, ago, batch=batch, batch_row=2)
    walk(throttled, S.THROTTLED, due_at=later)
    failed = film.job(2, ago, batch=batch, batch_row=3)
    words = "Runway failed while it generated. Try it again."
    walk(failed, S.FAILED, words, error_code="INTERNAL", error_message=words, error_retryable=True, credits_charged=0)
    for row, model, credits in ((4, "gen4.5", 60), (5, "veo3.1_fast", 75), (6, "gen4_turbo", 25)):
        job = film.job(2, ago, model=model, credits_estimated=credits, batch=batch, batch_row=row, due_at=later)
        if row == 4:
            job.wait("waiting_for_place", "Waiting for a free slot at Runway.", later)


def _voice(film: Film, number: int, ago: timedelta) -> GenerationJob:
    """A sound that was made for a scene."""
    spoken = {"promptText": "I kept every letter. I never opened one.", "voice": {"type": "preset", "presetId": "Maya"}}
    values = {"kind": "text_to_speech", "model": "eleven_multilingual_v2", "first_frame": None}
    job = film.job(number, ago, parameters=spoken, credits_estimated=1, **values)
    path = film.drawn[0, "in"].with_name("voice.mp3")
    synth_audio.write_chord(path, ".mp3", 3)
    sound = new_assets.add_generated(job.scene, path, probe.inspect(path), "letters.mp3", job.take)
    walk(job, S.COMPLETED, asset=sound, outputs=[outputs.output_entry(sound)], credits_charged=1, checked_at=NOW)
    return job


def make() -> dict[str, str]:
    mara = User.objects.create_superuser("mara", first_name="Mara")
    film = Film(mara, actions.create_project(mara, "The keeper's letters"))
    for name, role in (("ben", "editor"), ("ada", "viewer")):
        User.objects.create_user(name)
        actions.add_member(factories.owner_of(film.project), film.project, name, role, may_spend=role == "editor")
    with tempfile.TemporaryDirectory(dir=film.project.path, prefix=".drawing-") as folder:
        film.prepare(Path(folder))
        # all at once: workers would send to Runway what waits, and ask for tasks that it does not know
        with transaction.atomic():
            names = fill(film)
    actions.create_project(mara, "An empty film")
    client = Client()
    client.force_login(mara)
    return {**names, "session": client.cookies[settings.SESSION_COOKIE_NAME].value}


if __name__ == "__main__":
    json.dump(make(), sys.stdout)
