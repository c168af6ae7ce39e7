"""Fetch what a task made: each file to a temporary one, checked, flushed, renamed, and only then `completed`."""

from __future__ import annotations

import errno
import logging
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from generation.engine import backoff, claims, outputs, queues, runway_account
from generation.engine.claims import Claim
from generation.engine.download import ClipChanged, Interrupted, LinkExpired, Part, TooLarge, download
from generation.models import GenerationJob, JobEvent
from generation.models.status import Status
from generation.runway import errors
from projects.actions import assets
from projects.disk.layout import part_path
from projects.models import Asset
from projects.problems import Problem

logger = logging.getLogger("dailies.jobs")

TRIES = 8
# the same bytes are hardly better the fourth time
TRIES_OF_A_BAD_FILE = 3
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


def collect(job_id: str) -> None:
    """One try; a nudge that comes too early, too late or twice does nothing."""
    with claims.hold(job_id, Status.DOWNLOADING) as claim:
        if claim is None or (claim.job.due_at and claim.job.due_at > timezone.now()):
            return
        try:
            while claim.job.status == Status.DOWNLOADING:
                with Part(_part_file(claim.job)) as part:
                    if not _try(claim, part):
                        return
        except OSError as error:
            _disk(claim, error)


def _part_file(job: GenerationJob) -> Path:
    """A task may give several files, and each has a place of its own to grow in."""
    key = str(job.pk) if not job.outputs else f"{job.pk}-{len(job.outputs) + 1}"
    return part_path(job.scene.path / outputs.folder_of(job), key)


def _try(claim: Claim, part: Part) -> bool:
    """Whether one more file is in its place."""
    try:
        return _fetch(claim, part)
    except LinkExpired as error:
        if isinstance(error, ClipChanged):
            part.drop()
        _renew_link(claim, str(error))
    except Interrupted as error:
        _again(claim, "download_failed", f"The download did not come through: {error}.", TRIES)
    except TooLarge as error:
        part.drop()
        _again(claim, "clip_too_large", f"What Runway gave is no clip: {error}.", TRIES_OF_A_BAD_FILE)
    except Problem as error:
        part.drop()
        _again(claim, "bad_clip", f"What Runway gave is no whole clip: {error.message}", TRIES_OF_A_BAD_FILE)
    return False


def _fetch(claim: Claim, part: Part) -> bool:
    job, number = claim.job, len(claim.job.outputs)
    url = job.output_urls[number] if number < len(job.output_urls) else ""
    if not url and not part.whole:
        raise LinkExpired("there is no link")
    sha256 = download(runway_account.client(), url, part)
    found = outputs.look(job, part.path, sha256)
    with transaction.atomic():
        # the claim is proved again before the file gets its name
        mine = GenerationJob.objects.select_for_update().filter(pk=job.pk, claimed_by=claim.token)
        if not mine.exists():
            logger.info("collect job=%s lost its claim", job.pk)
            part.drop()
            return False
        asset, entry = outputs.keep(job, part.path, found)
        made = [*job.outputs, entry]
        first = job.asset or asset
        if len(made) < len(job.output_urls):
            mine.update(outputs=made, asset=first, attempts=0)
            job.outputs, job.asset, job.attempts = made, first, 0
        else:
            _complete(claim, made, first, found)
    if job.status == Status.COMPLETED:
        queues.nudge("check", str(job.pk))
    # where an earlier try had placed the same clip already
    part.drop()
    if asset is not None and asset.kind != asset.Kind.AUDIO:
        assets.poster_of(asset)
    return True


def _complete(claim: Claim, made: list[dict[str, Any]], first: Asset | None, found: outputs.Found) -> None:
    where = " and ".join(entry["path"] for entry in made)
    claim.job.move_to(
        Status.COMPLETED,
        claim=claim.token,
        asset=first,
        outputs=made,
        message=f"The clip is in {where}." if len(made) == 1 else f"The files are {where}.",
        data={"bytes": found.bytes, "sha256": found.sha256},
        clip_may_come=False,
    )


def _renew_link(claim: Claim, reason: str) -> None:
    """Links hold for a day or two; the task gives fresh ones."""
    job = claim.job
    try:
        task = runway_account.client().get_task(str(job.runway_task_id))
    except errors.TaskGone:
        _give_up(claim, "clip_gone", "The link has expired and Runway no longer knows the task.", may_come=False)
        return
    except errors.RunwayError as error:
        _again(claim, "download_failed", f"The link has expired and Runway gives no new one: {error}", TRIES)
        return
    GenerationJob.objects.filter(pk=job.pk, claimed_by=claim.token).update(output_urls=list(task.output))
    job.add_event(JobEvent.Kind.NOTE, f"Asked for a fresh link: {reason}.")
    _again(claim, "link_renewed", "The link had expired; Runway gave a new one.", TRIES, soon=bool(task.output))


def _again(claim: Claim, code: str, message: str, tries: int, *, soon: bool = False) -> None:
    job = claim.job
    if job.attempts + 1 >= tries:
        _give_up(claim, code, message, may_come=True)
        return
    # the first renewal goes on at once; a link that does not hold either is a failed try like another
    due_at = timezone.now() if soon and not job.attempts else backoff.next_try(job.attempts)
    job.wait(code, message, due_at, failed_attempt=True, claim=claim.token)


def _give_up(claim: Claim, code: str, message: str, *, may_come: bool) -> None:
    advice = " The clip is paid: a retry fetches it again at no cost." if may_come else ""
    claim.job.move_to(
        Status.FAILED,
        claim=claim.token,
        message=message,
        error_code=code,
        error_message=message + advice,
        error_retryable=True,
        clip_may_come=may_come,
    )


def _disk(claim: Claim, error: OSError) -> None:
    """Nothing is given up for the disk's sake: it goes on as soon as there is room."""
    logger.warning("collect job=%s disk: %s", claim.job.pk, error)
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    message = (
        "The disk is full; make room, and the clip is fetched."
        if full
        else f"The scene's folder cannot be written ({error.strerror}); mend it, and the clip is fetched."
    )
    due_at = backoff.next_try(claim.job.attempts)
    code = "disk_full" if full else "folder_unwritable"
    claim.job.wait(code, message, due_at, failed_attempt=True, claim=claim.token)
