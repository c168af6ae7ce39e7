"""Finished takes as rows and files, without Runway and without workers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from generation.models import GenerationJob
from generation.models.status import Status
from projects.actions import new_assets
from projects.disk import probe
from projects.models import Scene
from tests import factories


def finish(scene: Scene, clip: Path, **values: Any) -> GenerationJob:
    """Return a job as it is right after `completed`, before quality control."""
    take = scene.next_take
    Scene.objects.filter(pk=scene.pk).update(next_take=F("next_take") + 1)
    scene.refresh_from_db()
    copy = clip.with_name(f"{take}-{clip.name}")
    shutil.copyfile(clip, copy)
    asset = new_assets.add_generated(scene, copy, probe.inspect(copy), f"take-{take:03d}{clip.suffix}", take)
    given: dict[str, Any] = {
        "model": "gen4_turbo",
        "parameters": {"promptText": "push in", "ratio": "16:9"},
        "created_by": User.objects.get(memberships__project=scene.project, memberships__role="owner"),
        "credits_estimated": 25,
        "credits_charged": 25,
        "finished_at": timezone.now(),
        "progress": 100,
        "status": Status.COMPLETED,
    }
    return factories.make_job(scene, take=take, asset=asset, **given | values)


def look(job: GenerationJob) -> GenerationJob:
    return GenerationJob.objects.with_related().get(pk=job.pk)
