"""A take, or a picture or sound, moves to another scene of its film, with its files, its history and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.actions.job_request import next_number
from generation.engine import claims
from generation.engine.outputs import output_entry, output_name
from generation.models import GenerationJob, JobEvent
from generation.models.status import Status
from generation.provenance.sidecar import sidecar_names
from projects import mirror
from projects.actions.move_asset import move_asset
from projects.disk.relocation import Relocation
from projects.live import publish
from projects.models import Asset, Scene
from projects.models.locks import lock_scenes, locked_scene
from projects.models.scene import NEXT_NUMBERS
from projects.problems import conflict, not_found, wrong_field


@dataclass(frozen=True)
class Place:
    """Where a file is in its film: what a second move needs to undo the first."""

    scene: Scene
    number: int | None = None
    """Of the take, or of the picture or sound among those that were generated for the scene."""
    chosen: bool = False
    """Whether it is the chosen take of the scene."""


@dataclass(frozen=True)
class Move:
    """A move that was done: from where, and to where."""

    asset: Asset
    before: Place
    after: Place

    @property
    def what(self) -> str:
        """What was moved, as the beginning of a sentence."""
        is_take = self.asset.kind == Asset.Kind.VIDEO and self.before.number
        return _("Take {number}").format(number=self.before.number) if is_take else self.asset.file_name


def move_to_scene(user: User, asset: Asset, place: Place) -> Move:
    """Move a file to another scene of its film; a generated one with all files and the row of its job.

    It gets the next number there, or that of `place` while it is free. Problem 409 while it is being made, checked or
    needed by an unfinished take, 422 for its own scene or one of another film.
    """
    if place.scene.project_id != asset.scene.project_id or place.scene.pk == asset.scene_id:
        raise wrong_field("sceneId", _("Choose another scene of this film."))
    relocation = Relocation()
    try:
        with transaction.atomic():
            return _move(user, asset, place, relocation)
    except BaseException:
        relocation.undo()
        raise


def _move(user: User, asset: Asset, place: Place, relocation: Relocation) -> Move:
    lock_scenes([asset.scene_id, place.scene.pk])
    source, target = locked_scene(asset.scene), locked_scene(place.scene)
    job = _finished_job(source, asset)
    files = _files(source, asset, job)
    old_number = job.take if job else asset.take
    before = Place(source, old_number, next(file for file in files if file == asset).selected)
    number = _number(target, asset.kind, place.number) if old_number else None
    records = sidecar_names(job) if job else []
    for position, file in enumerate(files, 1):
        name = _new_name(file, position, old_number, number)
        take = number if file.take else None
        move_asset(file, target, relocation, file_name=name, take=take, selected=place.chosen)
    for name in records:
        relocation.remove_later(source.path / "metadata" / name)
    # before the hooks that write scene.json: its writer makes the records that are missing
    transaction.on_commit(relocation.finish, robust=True)
    if job and number:
        _move_job(user, job, Place(target, number), {str(file.pk): file for file in files})
    for scene in (source, target):
        mirror.changed(scene)
        publish.publish_storyboard_change(scene.project, scene)
    moved = next(file for file in files if file == asset)
    return Move(moved, before, Place(target, number, moved.selected))


def _finished_job(scene: Scene, asset: Asset) -> GenerationJob | None:
    """Return the locked job that made a file; None for any other file. Problem 409 unless it is done with it."""
    jobs = GenerationJob.objects.filter(scene=scene)
    job = jobs.filter(asset=asset).locked().first()
    if job is None and asset.source == Asset.Source.GENERATED and asset.take:
        # one of several files of a job, of which the job's row names the first
        job = jobs.filter(makes=asset.kind, take=asset.take).locked().first()
    if job is None or str(asset.pk) not in job.output_asset_ids:
        return None
    if job.status != Status.COMPLETED:
        raise conflict(_("This take is still being made. Move it when it is finished."), "unfinished")
    if not GenerationJob.objects.filter(claims.unclaimed(timezone.now()), pk=job.pk).exists():
        raise conflict(_("Quality control is checking this take. Move it in a moment."), "being_checked")
    return job


def _files(scene: Scene, asset: Asset, job: GenerationJob | None) -> list[Asset]:
    """Return the files that move together, in the order of the job's outputs; those in the trash stay there."""
    keys = job.output_asset_ids if job else [str(asset.pk)]
    rows = scene.assets.filter(pk__in=keys, trashed_at=None).select_related("scene__project")
    by_key = {str(row.pk): row for row in rows}
    if str(asset.pk) not in by_key:
        raise not_found(_("file in this scene"))
    return [by_key[key] for key in keys if key in by_key]


def _number(scene: Scene, kind: str, wanted: int | None) -> int:
    """Reserve a number in the scene: the wanted one, if it was given out there before and is free, else the next."""
    if wanted and wanted < getattr(scene, NEXT_NUMBERS[kind]):
        is_job = scene.jobs.filter(makes=kind, take=wanted).exists()
        if not is_job and not scene.assets.filter(kind=kind, take=wanted).exists():
            return wanted
    return next_number(scene, kind)


def _new_name(file: Asset, position: int, old_number: int | None, number: int | None) -> str:
    """Return the name of a file in its new scene: its own, unless that names the number it had."""
    suffix = Path(file.file_name).suffix
    is_numbered = old_number and file.file_name == output_name(file.kind, old_number, position, suffix)
    return output_name(file.kind, number, position, suffix) if is_numbered and number else file.file_name


def _move_job(user: User, job: GenerationJob, place: Place, files: Mapping[str, Asset]) -> None:
    before = gettext_noop("take {take} of {name}").format(take=job.take, name=job.scene.name)
    outputs = [output_entry(files[entry["assetId"]]) if entry["assetId"] in files else entry for entry in job.outputs]
    GenerationJob.objects.filter(pk=job.pk).update(
        scene=place.scene,
        take=place.number,
        outputs=outputs,
        version=F("version") + 1,
        changed_at=timezone.now(),
    )
    moved = GenerationJob.objects.with_related().get(pk=job.pk)
    moved.add_event(
        JobEvent.Kind.NOTE,
        gettext_noop("Moved from {before} to take {take} of {name} by {user}.").format(
            before=before, take=moved.take, name=moved.scene.name, user=user
        ),
    )
    moved.publish_on_commit()
