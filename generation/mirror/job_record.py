"""`metadata/jobs/{id}.json`: what happened to a job, what it cost, its report, and its other columns."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from generation.mirror.columns import read_columns
from generation.models import GenerationJob, JobEvent, LedgerEntry, QualityReport
from generation.models.quality import QualityThumbnail
from projects.mirror.parse import moment, objects, read_json
from projects.mirror.records import RECORDS
from projects.text.document import SCHEMA


def job_record(job: GenerationJob) -> dict[str, Any]:
    """Return the record of a job."""
    return {
        "schema": SCHEMA,
        "jobId": str(job.pk),
        "sceneId": job.scene.folder_name,
        "person": job.created_by.get_username() if job.created_by else None,
        "retryOf": str(job.retry_of_id) if job.retry_of_id else None,
        "assetId": str(job.asset_id) if job.asset_id else None,
        "columns": read_columns(job),
        "events": [_event(event) for event in job.events.all()],
        "ledger": [_entry(entry) for entry in _entries(job)],
        "quality": _report(getattr(job, "quality", None)),
    }


def read_records(metadata: Path, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the records of those of these jobs that have one, by the job's id."""
    folder = metadata / RECORDS
    if not folder.is_dir():
        return {}
    # an id in a file that was edited by hand must not lead to another folder
    paths = {key: folder / f"{key}.json" for key in keys if Path(key).name == key}
    records = {key: read_json(path, []) for key, path in paths.items()}
    return {key: record for key, record in records.items() if isinstance(record.get("columns"), dict)}


def _entries(job: GenerationJob) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(job=job).select_related("person").order_by("pk")


def _event(event: JobEvent) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "kind": event.kind,
        "status": event.status,
        "message": event.message,
        "data": event.data,
        "taskId": event.runway_task_id,
    }


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "day": entry.day.isoformat(),
        "kind": entry.kind,
        "credits": str(entry.credits),
        "reason": entry.reason,
        "model": entry.model,
        "person": entry.person.get_username() if entry.person else None,
        "projectName": entry.project_name,
        "sceneName": entry.scene_name,
        "personName": entry.person_name,
    }


def _report(report: QualityReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    thumbnails = report.thumbnails.order_by("number")
    return {
        "verdict": report.verdict,
        "reasons": report.reasons,
        "fingerprint": report.fingerprint,
        "facts": report.facts,
        "c2pa": report.c2pa,
        "retryNote": report.retry_note,
        "createdAt": report.created_at.isoformat(),
        "thumbnails": {str(each.number): base64.b64encode(bytes(each.jpeg)).decode() for each in thumbnails},
    }


def restore_history(job: GenerationJob, record: Mapping[str, Any]) -> None:
    """Make the rows of a new job's events, ledger entries and report, in the transaction that made the job."""
    JobEvent.objects.bulk_create(
        JobEvent(
            job=job,
            at=moment(event.get("at")),
            kind=JobEvent.Kind(event["kind"]),
            status=str(event.get("status") or ""),
            message=str(event.get("message") or ""),
            data=event.get("data") or {},
            runway_task_id=event.get("taskId"),
        )
        for event in objects(record.get("events"))
    )
    _restore_ledger(job, objects(record.get("ledger")))
    if isinstance(record.get("quality"), dict):
        _restore_report(job, record["quality"])


def _restore_ledger(job: GenerationJob, entries: Iterable[Mapping[str, Any]]) -> None:
    people = {user.get_username(): user for user in User.objects.filter(username__in=_names(entries))}
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            kind=LedgerEntry.Kind(entry["kind"]),
            credits=Decimal(entry["credits"]),
            at=moment(entry.get("at")),
            day=date.fromisoformat(entry["day"]),
            reason=str(entry.get("reason") or "")[:300],
            job=job,
            model=str(entry["model"])[:60],
            project=job.project,
            scene=job.scene,
            person=people.get(str(entry.get("person"))),
            project_name=str(entry["projectName"])[:200],
            scene_name=str(entry["sceneName"])[:200],
            person_name=str(entry.get("personName") or "")[:150],
        )
        for entry in entries
    )


def _names(entries: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(entry.get("person")) for entry in entries}


def _restore_report(job: GenerationJob, data: Mapping[str, Any]) -> None:
    report = QualityReport.objects.create(
        job=job,
        verdict=QualityReport.Verdict(data["verdict"]),
        reasons=objects(data.get("reasons")),
        fingerprint=data.get("fingerprint") or [],
        facts=data.get("facts") or {},
        c2pa=data.get("c2pa"),
        retry_note=str(data.get("retryNote") or ""),
        created_at=moment(data.get("createdAt")),
    )
    QualityThumbnail.objects.bulk_create(
        QualityThumbnail(report=report, number=int(number), jpeg=base64.b64decode(jpeg))
        for number, jpeg in data.get("thumbnails", {}).items()
    )
