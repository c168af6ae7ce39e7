"""Download what a task made: each file is flushed, inspected, and linked to its name; then the job is `completed`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.engine import backoff, claims, outputs, queues, runway_account
from generation.engine.claims import Claim
from generation.engine.download import ClipChanged, Interrupted, LinkExpired, LinkUnusable, TooLarge, download
from generation.engine.outputs import InspectedFile
from generation.engine.part_file import PartFile
from generation.models import GenerationJob, JobEvent
from generation.models.status import Status
from generation.runway import errors
from projects.actions import posters
from projects.disk import decoding
from projects.disk.layout import part_path
from projects.disk.room import is_out_of_room
from projects.models import Asset
from projects.models.locks import lock_scenes
from projects.problems import Problem, reason_of

logger = logging.getLogger("dailies.jobs")

# about five minutes of waiting, with the growing delay
MAX_ATTEMPTS = 8
# a file that is damaged at Runway hardly gets better
MAX_ATTEMPTS_OF_BAD_FILE = 3
LINK_RENEWED = "link_renewed"


def collect(job_id: str) -> None:
    """Try once to download a job's files; do nothing when it is not due, or claimed by another process."""
    with claims.hold(job_id, Status.DOWNLOADING) as claim:
        if claim is None or (claim.job.due_at and claim.job.due_at > timezone.now()):
            return
        try:
            # one round for each file, under one claim: a task may have several outputs
            while claim.job.status == Status.DOWNLOADING:
                with PartFile(_part_path(claim.job)) as part:
                    if not _try_next_file(claim, part):
                        return
        except OSError as error:
            _wait_for_disk(claim, error)


def _part_path(job: GenerationJob) -> Path:
    """Return where the next file grows; each file of a job has a name of its own."""
    key = str(job.pk) if not job.outputs else f"{job.pk}-{len(job.outputs) + 1}"
    return part_path(job.scene.path / outputs.folder_of(job), key)


def _try_next_file(claim: Claim, part: PartFile) -> bool:
    """Fetch the next file and return whether it is stored; otherwise the job waits, or has failed."""
    try:
        return _fetch(claim, part)
    except LinkExpired as error:
        if isinstance(error, ClipChanged):
            part.drop()
        # only the first new link is tried at once: one that fails too counts like every other failure
        _renew_links(claim, _("The link had expired"), str(error), at_once=not claim.job.attempts)
    except LinkUnusable as error:
        _renew_or_give_up(claim, str(error))
    except Interrupted as error:
        _try_again(claim, "download_failed", _("The download failed: {error}.").format(error=error), MAX_ATTEMPTS)
    except TooLarge as error:
        part.drop()
        _try_again(
            claim,
            "clip_too_large",
            _("Runway's file is not a clip: {error}.").format(error=error),
            MAX_ATTEMPTS_OF_BAD_FILE,
        )
    except Problem as error:
        part.drop()
        _try_again(
            claim,
            "bad_clip",
            _("Runway's file is unusable: {message}").format(message=error.message),
            MAX_ATTEMPTS_OF_BAD_FILE,
        )
    return False


def _fetch(claim: Claim, part: PartFile) -> bool:
    job, number = claim.job, len(claim.job.outputs)
    url = job.output_urls[number] if number < len(job.output_urls) else ""
    if not url and not part.is_complete:
        raise LinkUnusable(_("there is no link"))
    # it starts while the file is on its way
    decoding.prepare()
    sha256 = download(runway_account.client(), url, part)
    file = outputs.inspect(job, part.path, sha256)
    is_stored, asset = _store(claim, part.path, file)
    # an earlier attempt may have stored the same file already
    part.drop()
    if not is_stored:
        return False
    if job.status == Status.COMPLETED:
        queues.nudge("check", str(job.pk))
    if asset is not None and asset.kind != Asset.Kind.AUDIO:
        posters.poster_of(asset)
    return True


def _store(claim: Claim, path: Path, file: InspectedFile) -> tuple[bool, Asset | None]:
    """Name the file, note it in the job, and complete the job with the last one; return whether the claim held."""
    job = claim.job
    with transaction.atomic():
        lock_scenes([job.scene_id])
        # the claim is proved again before the file gets its name
        claimed = GenerationJob.objects.filter(pk=job.pk, claimed_by=claim.token)
        if not claimed.locked().exists():
            logger.info("collect job=%s lost its claim", job.pk)
            return False, None
        asset, entry = outputs.store(job, path, file)
        entries = [*job.outputs, entry]
        first_asset = job.asset or asset
        if len(entries) < len(job.output_urls):
            # noted file by file, so that a crash repeats one download at most; the next file has attempts of its own
            claimed.update(outputs=entries, asset=first_asset, attempts=0)
            job.outputs, job.asset, job.attempts = entries, first_asset, 0
        else:
            _complete(claim, entries, first_asset, file)
    return True, asset


def _complete(claim: Claim, entries: list[dict[str, Any]], first_asset: Asset | None, file: InspectedFile) -> None:
    paths = " and ".join(entry["path"] for entry in entries)
    claim.job.move_to(
        Status.COMPLETED,
        claim=claim.token,
        asset=first_asset,
        outputs=entries,
        message=gettext_noop("Saved as {paths}.").format(paths=paths),
        data={"bytes": file.bytes, "sha256": file.sha256},
        clip_may_come=False,
    )


def _renew_or_give_up(claim: Claim, reason: str) -> None:
    """Ask for a new link instead of one that can never be opened; when that one is new already, fail the job."""
    if claim.job.waiting_code == LINK_RENEWED:
        _fail(
            claim, "link_unusable", _("Runway's link cannot be opened: {reason}.").format(reason=reason), may_come=True
        )
    else:
        _renew_links(claim, _("The link cannot be opened"), reason, at_once=True)


def _renew_links(claim: Claim, problem: str, reason: str, *, at_once: bool) -> None:
    """Read the task again: its links are valid for a day or two, and it gives new ones."""
    job = claim.job
    try:
        task = runway_account.client().get_task(str(job.runway_task_id))
    except errors.TaskGone:
        _fail(
            claim,
            "clip_gone",
            _("{problem} ({reason}), and Runway no longer has the task.").format(problem=problem, reason=reason),
            may_come=False,
        )
        return
    except errors.RunwayError as error:
        message = _("{problem} ({reason}), and Runway did not give a new one: {error}").format(
            problem=problem, reason=reason, error=error
        )
        _try_again(claim, "download_failed", message, MAX_ATTEMPTS)
        return
    GenerationJob.objects.filter(pk=job.pk, claimed_by=claim.token).update(output_urls=list(task.output))
    job.add_event(JobEvent.Kind.NOTE, gettext_noop("Requested a new link: {reason}.").format(reason=reason))
    message = _("{problem} ({reason}). Runway was asked for a new one.").format(problem=problem, reason=reason)
    _try_again(claim, LINK_RENEWED, message, MAX_ATTEMPTS, at_once=at_once)


def _try_again(claim: Claim, code: str, message: str, max_attempts: int, *, at_once: bool = False) -> None:
    """Let the job wait for the next attempt, or fail it after the last one.

    A few attempts are enough only when the last one ended in the same way: a connection that broke off in between says
    nothing of the file.
    """
    job = claim.job
    enough = max_attempts if job.waiting_code == code else MAX_ATTEMPTS
    if job.attempts + 1 >= enough:
        _fail(claim, code, message, may_come=True)
        return
    due_at = timezone.now() if at_once else backoff.next_attempt_at(job.attempts)
    job.wait(code, message, due_at, failed_attempt=True, claim=claim.token)


def _fail(claim: Claim, code: str, message: str, *, may_come: bool) -> None:
    """Fail the job. `may_come`: the clip is paid for and may still be available to a retry."""
    advice = _("The clip is paid for: a retry downloads it at no cost.")
    message = f"{message} {advice}" if may_come else message
    claim.job.fail(code, message, retryable=True, claim=claim.token, clip_may_come=may_come)


def _wait_for_disk(claim: Claim, error: OSError) -> None:
    """Let the job wait until the disk has space or the folder can be written; it never fails for that."""
    logger.warning("collect job=%s disk: %s", claim.job.pk, error)
    if is_out_of_room(error):
        code, message = "disk_full", _("The disk is full. The clip will be downloaded when there is space.")
    else:
        code = "folder_unwritable"
        message = _("The scene's folder is not writable ({reason}). Fix that, and the clip will be downloaded.").format(
            reason=reason_of(error)
        )
    due_at = backoff.next_attempt_at(claim.job.attempts)
    claim.job.wait(code, message, due_at, failed_attempt=True, claim=claim.token)
