"""The sample project of the first start: pictures and one take, all drawn by the program itself, never paid for."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from PIL import Image

from generation import references
from generation.engine import outputs
from generation.models import GenerationJob, JobEvent, JobInput
from generation.models.status import Status
from generation.simulator import clips
from projects import actions
from projects.actions import assets
from projects.disk import probe
from projects.models import Asset, Project, Scene

NAME = "First light (sample)"
SCENES = ("The harbour wakes", "Streets after rain", "Across the dunes")
WIDTH, HEIGHT, SECONDS = 1280, 720, 5
MODEL = "drawn by Dailies"
PROMPT = "A slow push in over the water as the sun comes up"


def make_sample(owner: User) -> Project:
    """Three scenes with a picture each; the first has a take that plays."""
    project = actions.create_project(owner, NAME)
    scenes = [actions.create_scene(project, name) for name in SCENES]
    drawn = [clips.draw_picture(WIDTH, HEIGHT, variant) for variant in range(len(scenes))]
    pictures = [_store(scene, picture) for scene, picture in zip(scenes, drawn, strict=True)]
    _draw_take(owner, scenes[0], pictures[0], drawn[0])
    return project


def _store(scene: Scene, picture: Image.Image) -> Asset:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return assets.store_upload(scene, "first-frame.jpg", [buffer.getvalue()], only=Asset.Kind.IMAGE)


def _draw_take(owner: User, scene: Scene, asset: Asset, picture: Image.Image) -> None:
    """Nobody sees its job before it is completed: a worker would send a queued one to Runway, and pay."""
    with tempfile.TemporaryDirectory(dir=scene.path / "videos", prefix=".drawing-") as folder:
        path = Path(folder) / "take.mp4"
        clips.draw_clip(picture, WIDTH, HEIGHT, SECONDS, path)
        with transaction.atomic():
            job = _job(owner, scene, asset)
            clip = assets.add_generated(scene, path, probe.inspect(path), f"take-{job.take:03d}.mp4", job.take)
            job.move_to(
                Status.COMPLETED,
                asset=clip,
                outputs=[outputs.entry(clip)],
                credits_charged=0,
                message="Drawn by Dailies itself; Runway was not asked and nothing was paid.",
            )
    assets.change_asset(clip, selected=True)


def _job(owner: User, scene: Scene, picture: Asset) -> GenerationJob:
    Scene.objects.filter(pk=scene.pk).update(next_take=F("next_take") + 1)
    parameters = {
        "promptText": PROMPT,
        "promptImage": references.to_asset(picture),
        "ratio": f"{WIDTH}:{HEIGHT}",
        "duration": SECONDS,
    }
    job = GenerationJob.objects.create(
        project=scene.project,
        scene=scene,
        created_by=owner,
        model=MODEL,
        parameters=parameters,
        take=scene.next_take,
        credits_estimated=0,
    )
    job.record_credits("Asked for.", new=True)
    JobInput.objects.create(job=job, asset=picture, place="promptImage")
    job.add_event(JobEvent.Kind.NOTE, "Part of the sample project.", status=Status.QUEUED)
    return job
