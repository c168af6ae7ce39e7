"""Look at a finished take: what is wrong with it is written down, and a good one may become its scene's chosen take.

A step of its own, after `completed`, which nothing here delays or takes back. The clip is decoded in another process,
within limits (`generation/quality/`).
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from generation import references
from generation.engine import claims, shutdown
from generation.engine.claims import Claim
from generation.models import GenerationJob, JobEvent, JobQuerySet, Mark
from generation.models.auto_retry import AutoRetry
from generation.models.quality import QualityReport, QualityThumbnail
from generation.models.status import Status
from generation.quality import shared_rules, subprocess
from generation.quality.expectations import EarlierTake, Expectations
from generation.quality.findings import CONTENT_CODES, Finding
from generation.quality.verdict import Judgment, Reason, build_judgment
from projects.actions import assets
from projects.disk.c2pa import has_content_credentials
from projects.models import Asset
from projects.problems import Problem

logger = logging.getLogger("dailies.jobs")

# a file over which we die ourselves is not tried for ever
TRIES = 3
EARLIER_TAKES = 200
# a ratio of larger numbers is a size in pixels, such as 1280:720; a smaller one a shape, such as 16:9
LARGEST_SHAPE = 64
RATIO = re.compile(r"(\d{1,5}):(\d{1,5})")


def unchecked_jobs(now: datetime) -> JobQuerySet:
    """Finished takes that nobody has looked at, oldest first."""
    finished = GenerationJob.objects.filter(claims.unclaimed(now), status=Status.COMPLETED, checked_at=None)
    return finished.order_by("finished_at")


def retries_due() -> JobQuerySet:
    """Takes whose report was written, and nobody has decided yet whether they are made once more."""
    return GenerationJob.objects.filter(quality__retry_due=True).order_by("quality__created_at")


def check(job_id: str) -> None:
    """One try; a nudge that comes too early, too late or twice does nothing."""
    with claims.hold(job_id, Status.COMPLETED) as claim:
        if claim is None or claim.job.checked_at:
            return
        files = _files(claim.job)
        if not files:
            _mine(claim).update(checked_at=timezone.now())
            return
        judgment = _known(claim.job, files)
        if judgment is None:
            _mine(claim).update(attempts=F("attempts") + 1)
            try:
                judgment = _together(files, [_judge(claim.job, asset) for asset in files])
            except subprocess.Interrupted:
                return
        _write_down(claim, files, judgment)


def _known(job: GenerationJob, files: list[Asset]) -> Judgment | None:
    """What was found of the very file, for the same request; only what it is the double of is another question."""
    found = QualityReport.objects.filter(job=job.cached_from) if job.cached_from and len(files) == 1 else None
    report = found.filter(job__asset__sha256=files[0].sha256).first() if found is not None else None
    if report is None or any(told["code"] == "not_checked" for told in report.reasons):
        return None
    pictures = {number: bytes(jpeg) for number, jpeg in report.thumbnails.values_list("number", "jpeg")}
    reasons = [
        Reason(Finding(told["code"], told["level"], told["message"], told["at"]), pictures.get(number))
        for number, told in enumerate(report.reasons)
        if told["code"] != "near_duplicate"
    ]
    same = list(
        shared_rules.near_duplicates(report.fingerprint, report.facts.get("seconds", 0.0), asked_for(job, files[0]))
    )
    reasons += [Reason(finding, None) for finding in same]
    return build_judgment(reasons, report.fingerprint, report.facts)


def _files(job: GenerationJob) -> list[Asset]:
    """What it made, the first one first; archives are no files that can be looked at."""
    made = [output["assetId"] for output in job.outputs if output.get("assetId")]
    if not made and job.asset_id:
        made = [str(job.asset_id)]
    found = {str(asset.pk): asset for asset in job.scene.assets.filter(pk__in=made, trashed_at=None)}
    return [found[key] for key in made if key in found]


def _mine(claim: Claim) -> JobQuerySet:
    return GenerationJob.objects.filter(pk=claim.job.pk, claimed_by=claim.token, checked_at=None)


def _judge(job: GenerationJob, asset: Asset) -> Judgment:
    if job.attempts >= TRIES:
        return subprocess.not_checked("The studio broke down several times when it looked at it.")
    if not asset.path.is_file():
        return subprocess.not_checked("Its file is missing on disk.")
    return subprocess.judge_in_subprocess(asset.path, asked_for(job, asset), asset.duration, shutdown.requested.is_set)


def asked_for(job: GenerationJob, asset: Asset) -> Expectations:
    """What the request says of its output, beside the earlier takes of its scene."""
    given = job.parameters
    ratio = RATIO.fullmatch(str(given.get("ratio", "")))
    width, height = (int(part) for part in ratio.groups()) if ratio else (None, None)
    picture = _first_frame(job)
    return Expectations(
        width=width or None,
        height=height or None,
        exact=bool(width and height and max(width, height) > LARGEST_SHAPE),
        seconds=_number(given.get("duration")),
        fps=_number(given.get("fps")),
        sound=given.get("audio") is True,
        first_frame=str(picture.path) if picture else None,
        sha256=asset.sha256,
        earlier=_earlier(job),
    )


def _first_frame(job: GenerationJob) -> Asset | None:
    """The picture that the clip should begin with, where it is one of ours."""
    given = job.parameters.get("promptImage") if job.kind == "image_to_video" else None
    if isinstance(given, list):
        given = next((each.get("uri") for each in given if each.get("position", "first") == "first"), None)
    key = references.asset_id(given)
    return Asset.objects.select_related("scene__project").filter(pk=key).first() if key else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _earlier(job: GenerationJob) -> list[EarlierTake]:
    reports = QualityReport.objects.filter(job__scene=job.scene, job__asset__trashed_at=None, job__take__lt=job.take)
    if job.cached_from:
        # it is the same file as these, and is meant to be
        reports = reports.exclude(job=job.cached_from).exclude(job__cached_from=job.cached_from)
    told = reports.order_by("-job__take").values_list("job__take", "fingerprint", "job__asset__sha256")
    return [EarlierTake(*take) for take in told[:EARLIER_TAKES]]


def _together(files: list[Asset], judgments: list[Judgment]) -> Judgment:
    """Of several files one: the worst verdict, and each reason with its file."""
    if len(judgments) == 1:
        return judgments[0]
    reasons = [
        replace(reason, finding=replace(reason.finding, message=f"{asset.file_name}: {reason.finding.message}"))
        for asset, judgment in zip(files, judgments, strict=True)
        for reason in judgment.reasons
    ]
    verdict = max((judgment.verdict for judgment in judgments), key=("pass", "warn", "fail").index)
    return replace(judgments[0], verdict=verdict, reasons=reasons)


def _write_down(claim: Claim, files: list[Asset], judgment: Judgment) -> None:
    """Report, choice and news in one; whoever has lost the claim meanwhile writes nothing."""
    job = claim.job
    with transaction.atomic():
        if not _mine(claim).update(checked_at=timezone.now(), attempts=0):
            return
        report = _store(job, files, judgment)
        chosen = _choose(job, files[0], report)
        words = "; ".join(reason["message"] for reason in report.reasons) or "Nothing is wrong with it."
        job.add_event(JobEvent.Kind.NOTE, f"Quality: {report.verdict}. {words}", {"facts": report.facts})
        if chosen:
            job.add_event(JobEvent.Kind.NOTE, "The scene had no chosen take; this one is it now.")
        job.annotate()
    logger.info("check job=%s project=%s verdict=%s chosen=%s", job.pk, job.project.slug, report.verdict, chosen)


def _store(job: GenerationJob, files: list[Asset], judgment: Judgment) -> QualityReport:
    reasons = [
        {
            "code": reason.finding.code,
            "level": reason.finding.level,
            "message": reason.finding.message,
            "at": reason.finding.at,
            "thumbnail": reason.thumbnail is not None,
        }
        for reason in judgment.reasons
    ]
    report = QualityReport.objects.create(
        job=job,
        verdict=judgment.verdict,
        reasons=reasons,
        fingerprint=judgment.fingerprint,
        facts=judgment.facts,
        c2pa=_have_credentials(files),
        retry_due=_may_be_retried(job, judgment),
    )
    pictures = [(number, reason.thumbnail) for number, reason in enumerate(judgment.reasons) if reason.thumbnail]
    QualityThumbnail.objects.bulk_create(
        QualityThumbnail(report=report, number=number, jpeg=jpeg) for number, jpeg in pictures
    )
    return report


def _may_be_retried(job: GenerationJob, judgment: Judgment) -> bool:
    """For what is wrong with its content, where the project has switched it on before the take was finished."""
    wrong = any(reason.finding.level == "fail" and reason.finding.code in CONTENT_CODES for reason in judgment.reasons)
    # a take that was served for nothing is its first one's business
    if not wrong or job.cached_from or job.finished_at is None:
        return False
    return AutoRetry.objects.filter(project=job.project, since__lte=job.finished_at).exists()


def _have_credentials(files: list[Asset]) -> bool | None:
    """All of them; None where one cannot be read, or is of a kind that is not looked into."""
    try:
        found = [has_content_credentials(asset.path) for asset in files]
    except OSError:
        return None
    return None if None in found else all(found)


def _choose(job: GenerationJob, asset: Asset, report: QualityReport) -> bool:
    """Where its scene has no chosen take, and neither we nor a person found it wanting."""
    job.refresh_from_db(fields=["mark"])
    unwanted = report.verdict == QualityReport.Verdict.FAIL or job.mark == Mark.REJECTED
    if unwanted or asset.kind != Asset.Kind.VIDEO:
        return False
    try:
        return assets.choose_first(asset)
    except Problem:
        return False  # its scene was deleted meanwhile
