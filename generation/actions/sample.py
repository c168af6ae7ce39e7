"""The sample project of the first start: three pictures and one take, all drawn here and never paid for."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from generation import references
from generation.engine import outputs
from generation.models import GenerationJob, JobEvent, JobInput
from generation.models.status import Status
from generation.simulator import drawings
from generation.simulator.drawings import HEIGHT, WIDTH
from projects import actions
from projects.actions import assets, new_assets
from projects.disk import decoding
from projects.models import Asset, Project, Scene

NAME = gettext_noop("First light (sample)")
SCENES = (gettext_noop("The harbor wakes"), gettext_noop("Streets after rain"), gettext_noop("Across the dunes"))
SECONDS, JPEG_QUALITY = 5, 90
MODEL = "drawn by Dailies"
PROMPT = "A slow push in over the water as the sun comes up"


def make_sample(owner: User) -> Project:
    """Create a project of three scenes with a picture each; the first scene has a take that plays."""
    project = actions.create_project(owner, NAME)
    scenes = [actions.create_scene(project, name) for name in SCENES]
    # in the folder of the clip, so that it can be linked to its name and need not be copied
    with tempfile.TemporaryDirectory(dir=scenes[0].path / "videos", prefix=".drawing-") as name:
        folder = Path(name)
        drawings.draw(folder, range(len(scenes)), JPEG_QUALITY, SECONDS)
        pictures = [_store(scene, folder / f"{number}.jpg") for number, scene in enumerate(scenes)]
        _add_take(owner, scenes[0], pictures[0], folder / "clip.mp4")
    return project


def _store(scene: Scene, picture: Path) -> Asset:
    return new_assets.store_upload(scene, "first-frame.jpg", [picture.read_bytes()], only=Asset.Kind.IMAGE)


def _add_take(owner: User, scene: Scene, first_frame: Asset, path: Path) -> None:
    # in one transaction, since a worker would send a queued job to Runway
    with transaction.atomic():
        job = _create_job(owner, scene, first_frame)
        # by the way of every generated clip, so that names, rows and scene.json are like those of a real take
        clip = new_assets.add_generated(scene, path, decoding.inspect(path), f"take-{job.take:03d}.mp4", job.take)
        job.move_to(
            Status.COMPLETED,
            asset=clip,
            outputs=[outputs.output_entry(clip)],
            credits_charged=0,
            message=gettext_noop("Drawn by Dailies itself. Nothing was sent to Runway and nothing was charged."),
        )
    assets.change_asset(clip, selected=True)


def _create_job(owner: User, scene: Scene, first_frame: Asset) -> GenerationJob:
    Scene.objects.filter(pk=scene.pk).update(next_take=F("next_take") + 1)
    parameters = {
        "promptText": PROMPT,
        "promptImage": references.to_asset(first_frame),
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
    job.record_credits("Requested.", new=True)
    JobInput.objects.create(job=job, asset=first_frame, place="promptImage")
    job.add_event(JobEvent.Kind.NOTE, gettext_noop("Part of the sample project."), status=Status.QUEUED)
    return job
