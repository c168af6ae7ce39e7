"""Store quality control's judgment on a take as its report, and load the report of a take with the same file."""

from __future__ import annotations

from dataclasses import replace

from generation.engine.check_expectations import expectations_of
from generation.models import GenerationJob
from generation.models.auto_retry import AutoRetry
from generation.models.quality import QualityReport, QualityThumbnail
from generation.provenance.sidecar import has_credentials
from generation.quality.duplicates import near_duplicates
from generation.quality.findings import CONTENT_CODES, Finding
from generation.quality.judgment import Judgment, Reason, build_judgment
from projects.models import Asset


def store_report(job: GenerationJob, files: list[Asset], judgment: Judgment) -> QualityReport:
    """Create the report of a job with its thumbnails, in the caller's transaction."""
    report = QualityReport.objects.create(
        job=job,
        verdict=judgment.verdict,
        reasons=[_reason_dict(reason) for reason in judgment.reasons],
        fingerprint=judgment.fingerprint,
        facts=judgment.facts,
        c2pa=_have_credentials(files),
        retry_due=_is_retry_due(job, judgment),
    )
    QualityThumbnail.objects.bulk_create(
        QualityThumbnail(report=report, number=number, jpeg=reason.thumbnail)
        for number, reason in enumerate(judgment.reasons)
        if reason.thumbnail
    )
    return report


def reusable_judgment(job: GenerationJob, files: list[Asset]) -> Judgment | None:
    """Return the judgment on the take whose file a job was served with; None when the file has to be checked.

    Only whether it looks like an earlier take is decided anew, since the scenes may differ.
    """
    # a report on several files does not say which reason belongs to which
    if not job.cached_from or len(files) != 1:
        return None
    report = QualityReport.objects.filter(job=job.cached_from, job__asset__sha256=files[0].sha256).first()
    # what once could not be checked may succeed this time
    if report is None or any(reason["code"] == "not_checked" for reason in report.reasons):
        return None
    thumbnails = {number: bytes(jpeg) for number, jpeg in report.thumbnails.values_list("number", "jpeg")}
    reasons = [
        Reason(Finding(reason["code"], reason["level"], reason["message"], reason["at"]), thumbnails.get(number))
        for number, reason in enumerate(report.reasons)
        if reason["code"] != "near_duplicate"
    ]
    seconds = report.facts.get("seconds", 0.0)
    duplicates = near_duplicates(report.fingerprint, seconds, expectations_of(job, files[0]))
    reasons += [Reason(finding, None) for finding in duplicates]
    return build_judgment(reasons, report.fingerprint, report.facts)


def combine(files: list[Asset], judgments: list[Judgment]) -> Judgment:
    """Return one judgment on all files of a job: the worst verdict, and each reason with its file's name."""
    if len(judgments) == 1:
        return judgments[0]
    reasons = [
        replace(reason, finding=replace(reason.finding, message=f"{asset.file_name}: {reason.finding.message}"))
        for asset, judgment in zip(files, judgments, strict=True)
        for reason in judgment.reasons
    ]
    # the fingerprint and the facts are those of the first file, which is the job's asset
    verdict = max((judgment.verdict for judgment in judgments), key=("pass", "warn", "fail").index)
    return replace(judgments[0], verdict=verdict, reasons=reasons)


def _reason_dict(reason: Reason) -> dict[str, object]:
    finding = reason.finding
    return {
        "code": finding.code,
        "level": finding.level,
        "message": finding.message,
        "at": finding.at,
        "thumbnail": reason.thumbnail is not None,
    }


def _is_retry_due(job: GenerationJob, judgment: Judgment) -> bool:
    """Return whether the content fails, and the project had its automatic retry on before the take was finished."""
    failed = any(reason.finding.level == "fail" and reason.finding.code in CONTENT_CODES for reason in judgment.reasons)
    # a reused take was free; the one that was paid for is retried
    if not failed or job.cached_from or job.finished_at is None:
        return False
    # takes that were finished before somebody switched it on were judged by people
    return AutoRetry.objects.filter(project=job.project, since__lte=job.finished_at).exists()


def _have_credentials(files: list[Asset]) -> bool | None:
    """Return whether all files have Content Credentials; None when that is unknown of one."""
    present = [has_credentials(asset.path) for asset in files]
    return None if None in present else all(present)
