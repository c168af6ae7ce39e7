"""The jobs of a scene from its folder, for a database that was lost or is from a backup."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation import references
from generation.mirror import catch_up
from generation.mirror.columns import parse_columns
from generation.mirror.job_record import read_records, restore_history
from generation.mirror.scene_files import REQUESTS
from generation.mirror.sidecar_entries import read_entries
from generation.models import Batch, GenerationJob, JobEvent, JobInput, Mark
from generation.models.status import WITHOUT_TAKE, Status
from generation.money import refusals
from generation.runway import catalog
from generation.serializers import job_dict
from projects.api.schemas import VideoRequest
from projects.disk import decoding
from projects.disk.layout import KIND_BY_FOLDER
from projects.mirror import evidence
from projects.mirror.asset_rows import add_asset
from projects.mirror.contributions import RestoredJobs
from projects.mirror.parse import entries, moment, objects, skip_bad_entry
from projects.models import Asset, Project, Scene
from projects.models.scene import NEXT_NUMBERS


def restore_jobs(scene: Scene, folder: Path, data: Mapping[str, Any], notes: list[str]) -> RestoredJobs:
    """Make the missing rows of a scene's jobs, and move those that its folder knows in a later state.

    An entry that makes no row is left out and named in `notes`.
    """
    # file and job are in two lists of scene.json, joined by the job's id
    requests, completed = zip(*REQUESTS.values(), strict=True)
    paths = {str(entry.get("jobId")): str(entry.get("path", "")) for entry in entries(data, "generation", *completed)}
    jobs = {str(job.pk): job for job in scene.jobs.with_related()}
    stored = entries(data, "generation", *requests)
    ids = {str(entry.get("jobId")) for entry in stored}
    stored += read_entries(folder / "metadata", ids | jobs.keys())
    takes = {(job.makes, job.take) for job in jobs.values()}
    records = read_records(folder / "metadata", {str(entry.get("jobId")) for entry in stored} - jobs.keys())
    count = 0
    for entry in stored:
        with skip_bad_entry(notes, _("{folder_name}: an entry of a take").format(folder_name=scene.folder_name)):
            job = jobs.get(str(entry.get("jobId"))) or _follow_job(scene, entry, paths, takes)
            if job is None and not _is_elsewhere(entry):
                _add_files(scene, folder, entry)
                job = _restore_job(scene, entry, paths, takes, records.get(str(entry.get("jobId"))))
                takes.add((job.makes, job.take))
                count += 1
            elif job is not None and evidence.is_newer(entry, job_dict(job)):
                values = _read(scene, entry, paths)
                # what waits here was not sent since the backup, and is sent as the row says
                status = job.status if entry["status"] == Status.QUEUED else values["status"]
                catch_up.catch_up(job, {**values, "status": status})
                count += 1
    _link_retries(records)
    return RestoredJobs(count, {kind: max(number for of, number in takes if of == kind) for kind, _ in takes})


def _add_files(scene: Scene, folder: Path, entry: Mapping[str, Any]) -> None:
    """Make the missing rows of a job's files: where only the record of a file is left, no scene.json has them."""
    for output in objects(entry.get("outputs")):
        relative = Path(str(output.get("path")))
        path = folder / relative.parent.name / relative.name
        if relative.parent.name in KIND_BY_FOLDER and path.is_file() and not _asset_at(scene, str(relative)):
            media = decoding.inspect(path)
            take = int(entry["take"]) if media.kind == "video" else None
            add_asset(scene, path.name, media, Asset.Source.GENERATED, take)


def _follow_job(
    scene: Scene, entry: Mapping[str, Any], paths: Mapping[str, str], takes: set[tuple[str, int]]
) -> GenerationJob | None:
    """Return a job of another scene that moved here with its file after a backup; None where there is none."""
    rows = GenerationJob.objects.with_related().filter(pk=UUID(str(entry.get("jobId"))), project=scene.project)
    job = rows.exclude(scene=scene).first()
    asset = _asset_at(scene, paths.get(str(entry.get("jobId")), ""))
    if job is None or asset is None or asset.pk != job.asset_id or not evidence.is_newer(entry, job_dict(job)):
        return None
    is_taken = (job.makes, entry["take"]) in takes
    job.scene, job.take = scene, _free_number(scene, job.makes, takes) if is_taken else entry["take"]
    job.outputs = [_output(scene, output) for output in objects(entry.get("outputs"))]
    job.save(update_fields=["scene", "take", "outputs"])
    takes.add((job.makes, job.take))
    return job


def _is_elsewhere(entry: Mapping[str, Any]) -> bool:
    """Return whether the job has a row in another scene: people copy folders of scenes."""
    return GenerationJob.objects.filter(pk=UUID(str(entry.get("jobId")))).exists()


def _read(scene: Scene, entry: dict[str, Any], paths: Mapping[str, str]) -> dict[str, Any]:
    """Return the columns of a job that its entry tells, other than its number."""
    request = VideoRequest.model_validate(entry)
    error = request.error or {}
    status = catch_up.status_of(request.status, request.taskId)
    whole = (output for output in objects(entry.get("outputs")) if {"path", "sha256"} <= output.keys())
    outputs = [_output(scene, output) for output in whole]
    path = paths.get(request.jobId) or (outputs[0]["path"] if outputs else "")
    return {
        "version": evidence.number(entry.get("version")) or 1,
        "outputs": outputs,
        "status": status,
        "progress": request.progress,
        "runway_task_id": request.taskId,
        "asset": _asset_at(scene, path),
        "error_code": str(error.get("code", "")),
        "error_message": str(error.get("message", "")),
        "refused_digest": refusals.digest_of_failure(
            str(error.get("code", "")), request.kind, request.model, dict(entry["parameters"])
        ),
        # strictly true: scene.json may have been edited by hand
        "error_retryable": error.get("retryable") is True,
        "clip_may_come": entry.get("clipMayCome") is True,
        "credits_estimated": request.creditsEstimated,
        "credits_charged": request.creditsCharged,
        "simulated": request.simulated,
        "submitted_at": moment(entry["submittedAt"]) if entry.get("submittedAt") else None,
        "finished_at": moment(request.finishedAt) if request.finishedAt else _ended_now(request.status, status),
        "checked_at": timezone.now() if status in WITHOUT_TAKE else None,
        "note": request.note or "",
        "mark": Mark.STARRED if request.starred else Mark.REJECTED if request.rejected else "",
    }


def _restore_job(
    scene: Scene,
    entry: dict[str, Any],
    paths: Mapping[str, str],
    takes: set[tuple[str, int]],
    record: Mapping[str, Any] | None,
) -> GenerationJob:
    request = VideoRequest.model_validate(entry)
    batch = entry.get("batch")
    take = entry["take"]
    kind = catalog.output_kind(request.kind)
    is_taken = (kind, take) in takes
    columns = {
        "kind": request.kind,
        "model": request.model,
        "parameters": dict(entry["parameters"]),
        "credits_ceiling": request.maxCredits,
        "created_at": moment(request.createdAt),
        "cache_key": str(entry.get("cacheKey") or "")[:64],
        "reuse": entry.get("reuse") is True,
        "batch_row": _batch_row(batch),
        "cached_from": _uuid(entry.get("cachedFrom")),
        **_read(scene, entry, paths),
    }
    # of the same version the record says more; without one, scene.json is all that there is
    is_whole = record is not None and record["columns"].get("version") == columns["version"]
    if record and is_whole:
        columns = _with_record(scene, columns, record, request.status)
    job = GenerationJob.objects.create(
        id=UUID(request.jobId),
        project=scene.project,
        scene=scene,
        created_by=User.objects.filter(username=str(entry.get("person") or "")).first(),
        batch=_batch(scene.project, batch),
        **columns | {"makes": kind, "take": _free_number(scene, kind, takes) if is_taken else take},
    )
    # after the row, which the inputs refer to; a file that is gone is left out
    add_inputs(job, scene.project)
    if record:
        restore_history(job, record)
    if record is None or is_taken or columns["status"] != request.status:
        message = gettext_noop("Taken from the scene's folder.")
        if is_taken:
            message = gettext_noop("Taken from the scene's folder. It was take {take} there.").format(take=take)
        task_id = job.runway_task_id if record is None else None
        job.add_event(JobEvent.Kind.MOVE, message, status=job.status, runway_task_id=task_id)
    # a record without a ledger is of another studio, which has paid
    if record is None or record.get("ledger") is not None:
        job.record_credits(gettext_noop("Restored from scene.json."), new=record is None)
    return job


def _with_record(
    scene: Scene, columns: dict[str, Any], record: Mapping[str, Any], stored_status: str
) -> dict[str, Any]:
    """Return the columns of a record; what it means for a job that was never sent is decided without it."""
    decided = ["status", "outputs"]
    if columns["status"] != stored_status:
        decided += ["finished_at", "checked_at"]
    whole = columns | parse_columns(record["columns"]) | {name: columns[name] for name in decided}
    # a file in the trash is no file of the scene, and its job still names it
    if whole["asset"] is None and record.get("assetId"):
        whole["asset"] = scene.assets.filter(pk=str(record["assetId"]), job=None).first()
    return whole


def _link_retries(records: Mapping[str, Mapping[str, Any]]) -> None:
    """Note of each restored job which one it repeats, where both are there."""
    for key, record in records.items():
        if record.get("retryOf"):
            earlier = GenerationJob.objects.filter(pk=str(record["retryOf"]), successor=None).first()
            if earlier:
                GenerationJob.objects.filter(pk=key, retry_of=None).update(retry_of=earlier)


def _free_number(scene: Scene, kind: str, takes: set[tuple[str, int]]) -> int:
    return max([int(getattr(scene, NEXT_NUMBERS[kind])), *(number + 1 for of, number in takes if of == kind)])


def add_inputs(job: GenerationJob, project: Project) -> None:
    """Make the rows of the files that a job's parameters refer to, as far as the project has them."""
    places = dict(references.find(job.parameters))
    assets = set(Asset.objects.filter(pk__in=places.values(), scene__project=project).values_list("pk", flat=True))
    JobInput.objects.bulk_create(
        JobInput(job=job, asset_id=asset, place=place) for place, asset in places.items() if asset in assets
    )


def _ended_now(stored: str, status: str) -> Any:
    return timezone.now() if status != stored else None


def _output(scene: Scene, output: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of `outputs` with the id that its file has now."""
    asset = _asset_at(scene, str(output["path"]))
    return {**output, "assetId": str(asset.pk) if asset else output.get("assetId")}


def _batch(project: Project, value: object) -> Batch | None:
    if not isinstance(value, dict):
        return None
    defaults = {"name": str(value.get("name", ""))[:200], "project": project}
    return Batch.objects.get_or_create(pk=UUID(str(value.get("id"))), defaults=defaults)[0]


def _batch_row(value: object) -> int | None:
    row = value.get("row") if isinstance(value, dict) else None
    return row if isinstance(row, int) and row >= 0 else None


def _uuid(value: object) -> UUID | None:
    return UUID(value) if isinstance(value, str) else None


def _asset_at(scene: Scene, path: str) -> Asset | None:
    """Return the file at a path that is relative to the project's folder."""
    return next((asset for asset in scene.assets.filter(trashed_at=None) if asset.relative_path == path), None)
