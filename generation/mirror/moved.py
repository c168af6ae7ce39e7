"""Jobs whose file a person has moved to another scene's folder by hand."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from generation.models import GenerationJob, JobEvent
from generation.models.status import Status
from projects.models import Asset, Scene
from projects.models.scene import NEXT_NUMBERS


def follow_asset(asset: Asset, before: Scene) -> None:
    """Let the finished job that made a file follow it, with the next number there; one that made several stays."""
    job = GenerationJob.objects.filter(asset=asset, scene=before, status=Status.COMPLETED).locked().first()
    if job is None or len(job.outputs) != 1:
        return
    number = _next_number(asset.scene, job.makes)
    output = {**job.outputs[0], "assetId": str(asset.pk), "path": asset.relative_path}
    GenerationJob.objects.filter(pk=job.pk).update(
        scene=asset.scene, take=number, outputs=[output], version=F("version") + 1, changed_at=timezone.now()
    )
    Asset.objects.filter(pk=asset.pk).update(take=number)
    moved = GenerationJob.objects.with_related().get(pk=job.pk)
    moved.add_event(
        JobEvent.Kind.NOTE,
        gettext_noop("Its file was moved from {name} by hand; it was number {take} there.").format(
            name=before.name, take=job.take
        ),
    )
    moved.publish_on_commit()


def _next_number(scene: Scene, kind: str) -> int:
    column = NEXT_NUMBERS[kind]
    Scene.objects.filter(pk=scene.pk).update(**{column: F(column) + 1})
    scene.refresh_from_db(fields=[column])
    return int(getattr(scene, column)) - 1
