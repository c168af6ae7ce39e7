"""Check a finished take: store what quality control finds, and choose the first good take of a scene.

A step of its own after `completed`, which it neither delays nor undoes. The file is decoded in a child process with
limits of memory and time, see `generation/quality/`.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.engine import claims, shutdown
from generation.engine.check_expectations import expectations_of
from generation.engine.check_report import combine, reusable_judgment, store_report
from generation.engine.claims import Claim
from generation.models import GenerationJob, JobEvent, JobQuerySet, Mark
from generation.models.quality import QualityReport
from generation.models.status import WITHOUT_TAKE, Status
from generation.quality import subprocess
from generation.quality.judgment import Judgment
from projects.actions import assets, posters
from projects.models import Asset
from projects.models.locks import lock_scenes
from projects.problems import Problem

logger = logging.getLogger("dailies.jobs")

# a file that makes the worker itself crash is given up
MAX_ATTEMPTS = 3
# of one look for automatic retries
RETRIES_AT_ONCE = 100


def unchecked_jobs(now: datetime) -> JobQuerySet:
    """Select the finished jobs that are not checked yet and not claimed, oldest first."""
    # the partial index `ended_and_not_checked` has exactly these rows; with `status="completed"` SQLite would rather
    # read all completed jobs by an index of states
    finished = GenerationJob.objects.filter(checked_at=None, finished_at__isnull=False)
    return finished.filter(claims.unclaimed(now)).exclude(status__in=WITHOUT_TAKE).order_by("finished_at")


def jobs_with_due_retry() -> JobQuerySet:
    """Select the jobs whose report asks for an automatic retry that is not decided yet, oldest first."""
    # the keys first, by a partial index: a database may begin a join with the jobs
    due = QualityReport.objects.filter(retry_due=True).order_by("created_at").values_list("job", flat=True)
    return GenerationJob.objects.filter(pk__in=list(due[:RETRIES_AT_ONCE])).order_by("quality__created_at")


def check(job_id: str) -> None:
    """Try once to check a job; do nothing when it is unfinished, checked already, or claimed by another process."""
    with claims.hold(job_id, Status.COMPLETED) as claim:
        if claim is None or claim.job.checked_at:
            return
        files = _files(claim.job)
        # all of them are in the trash by now
        if not files:
            _unchecked(claim).update(checked_at=timezone.now())
            return
        judgment = reusable_judgment(claim.job, files)
        if judgment is None:
            # counted beforehand, since the file may take this worker down with it
            _unchecked(claim).update(attempts=F("attempts") + 1)
            try:
                judgment = combine(files, [_judge(claim.job, asset) for asset in files])
            except subprocess.Interrupted:
                # the worker is told to stop; the sweep brings the job back
                return
        _finish(claim, files, judgment)
    _make_sprites(files)


def _make_sprites(files: list[Asset]) -> None:
    """Make what a page scrubs clips by, after everything else; a page makes what is missing when it is asked for."""
    for asset in files:
        if asset.kind == Asset.Kind.VIDEO and asset.path.is_file():
            try:
                posters.sprite_of(asset)
            except (Problem, OSError) as error:
                logger.warning("check asset=%s no sprite: %s", asset.pk, error)


def _files(job: GenerationJob) -> list[Asset]:
    """Return the files that the job made and that are not in the trash, in order."""
    files = job.scene.assets.filter(pk__in=job.output_asset_ids, trashed_at=None)
    by_id = {str(asset.pk): asset for asset in files}
    return [by_id[asset_id] for asset_id in job.output_asset_ids if asset_id in by_id]


def _unchecked(claim: Claim) -> JobQuerySet:
    """Select the job's row as long as the claim holds and it is unchecked."""
    return GenerationJob.objects.filter(pk=claim.job.pk, claimed_by=claim.token, checked_at=None)


def _judge(job: GenerationJob, asset: Asset) -> Judgment:
    """Judge one file. Raise Interrupted when the worker is told to stop meanwhile."""
    if job.attempts >= MAX_ATTEMPTS:
        return subprocess.not_checked(_("The check crashed several times."))
    if not asset.path.is_file():
        return subprocess.not_checked(_("Its file is missing on disk."))
    expectations = expectations_of(job, asset)
    return subprocess.judge_in_subprocess(asset.path, expectations, asset.duration, shutdown.requested.is_set)


def _finish(claim: Claim, files: list[Asset], judgment: Judgment) -> None:
    """Store the report, choose the take if it is good, and tell the browsers, unless the claim is lost."""
    job = claim.job
    with transaction.atomic():
        lock_scenes([job.scene_id])
        # before anything is stored: this row decides which of two checks stores its report
        if not _unchecked(claim).update(checked_at=timezone.now(), attempts=0):
            return
        report = store_report(job, files, judgment)
        is_chosen = _choose(job, files[0], report)
        reasons = "; ".join(reason["message"] for reason in report.reasons) or _("No problems found.")
        job.add_event(
            JobEvent.Kind.NOTE,
            gettext_noop("Quality: {verdict}. {reasons}").format(verdict=report.verdict, reasons=reasons),
            {"facts": report.facts},
        )
        if is_chosen:
            job.add_event(JobEvent.Kind.NOTE, gettext_noop("Chosen automatically, since the scene had no chosen take."))
        job.annotate()
    logger.info("check job=%s project=%s verdict=%s chosen=%s", job.pk, job.project.slug, report.verdict, is_chosen)


def _choose(job: GenerationJob, asset: Asset, report: QualityReport) -> bool:
    """Choose a clip whose scene has no chosen take, unless it failed the check or a person rejected it."""
    # a person may have rejected the take while it was decoded
    job.refresh_from_db(fields=["mark"])
    is_bad = report.verdict == QualityReport.Verdict.FAIL or job.mark == Mark.REJECTED
    if is_bad or asset.kind != Asset.Kind.VIDEO:
        return False
    try:
        return assets.choose_first(asset)
    except Problem:
        # the scene was deleted meanwhile
        return False
