"""Pay once: a job whose request is paid for already gets the finished files as links, or waits for an unfinished job.

This is tried before everything else of a submit, and checked again in the transaction that moves the job to
`submitting`. So of two equal requests only one is sent, whichever comes first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.engine import backoff, claims, outputs, queues, reuse_lookup
from generation.engine.claims import Claim
from generation.engine.late_charge import charge_after_all
from generation.engine.output_files import OutputFile, OutputUnavailable, missing_file, output_files, take_name, verify
from generation.models import GenerationJob, JobEvent, JobQuerySet
from generation.models.status import ENDED, WAITS_FOR_TAKE, Status
from projects.disk.layout import part_path
from projects.disk.links import link_or_copy
from projects.models import Asset
from projects.models.locks import lock_scenes

logger = logging.getLogger("dailies.jobs")

# a waiting job is due again by itself, since the nudge at the end of the other one may be lost
RECHECK_SECONDS = 5.0
# in one round of the sweep; the next round, a few seconds later, has the rest
MAX_JOBS = 200


def jobs_with_duplicates(now: datetime) -> JobQuerySet:
    """Select the queued jobs that another job of the same request may serve; they need no slot at Runway."""
    # most queued jobs have no twin: the index `same_requests` says so without a look at the rows
    others = GenerationJob.objects.filter(cache_key=OuterRef("cache_key")).exclude(pk=OuterRef("pk"))
    queued = GenerationJob.objects.queued().filter(claims.unclaimed(now), Exists(others), reuse=True)
    return queued.exclude(cache_key="").due(now).order_by("created_at")[:MAX_JOBS]


def serve_new_job(job: GenerationJob, source: GenerationJob) -> None:
    """Give a new job, which was created with our claim on it, the files of `source`; on failure queue it."""
    with claims.keep_claimed([job]) as (claim,):
        try:
            is_served = ReuseAttempt(claim).serve_from(source)
        except OSError as error:
            # the caller has created its job, so a full disk is not its failure: the job's submit waits for space
            logger.warning("serve job=%s disk: %s", job.pk, error)
            is_served = False
    if not is_served:
        queues.nudge_on_commit("submit", str(job.pk))


def wake_waiting(job: GenerationJob) -> None:
    """Nudge the jobs that wait for the same request when `job` has ended: they get its files, or are sent."""
    if job.status not in ENDED or not job.cache_key:
        return

    def wake() -> None:
        # oldest first: where the files are of no use, the oldest is the one that is sent
        waiting = GenerationJob.objects.waiting_for(job.cache_key)
        keys = list(waiting.order_by("created_at").values_list("pk", flat=True))
        # they wait until a due time of their own, before which a submit does nothing
        GenerationJob.objects.filter(pk__in=keys, status=Status.QUEUED).update_in_order(due_at=None)
        for key in keys:
            queues.nudge("submit", str(key))

    # after the commit: two jobs of the same request that end at once would each hold itself and wake the other
    transaction.on_commit(wake, robust=True)


class ReuseAttempt:
    """One attempt to complete a claimed job without sending it."""

    def __init__(self, claim: Claim) -> None:
        self.job = claim.job
        self._token = claim.token
        # finished jobs whose files have failed in this attempt, so that it does not come back to them
        self._unusable: set[UUID] = set()

    def avoid_sending(self) -> bool:
        """Serve the job, or let it wait for an unfinished job of the same request; return whether to send nothing.

        A job that was free and has to be paid for after all goes through the checks, and fails when they refuse it.
        """
        if not self.job.reuse or not self.job.cache_key:
            return False
        if any(self.serve_from(source) for source in reuse_lookup.one_by_one(self._sources())):
            return True
        if other := self._in_flight().first():
            self._wait_for(other)
            return True
        # it was created for 0 credits because a file was to serve it, and that is gone
        return self.job.credits_estimated == 0 and not charge_after_all(self.job, self._token)

    def wait_for_duplicate(self) -> bool:
        """Let the job wait when another one of its request was sent, or has finished, since the first check.

        Return whether it waits. Call it in the transaction that would send the job.
        """
        if not self.job.reuse or not self.job.cache_key:
            return False
        lock_scenes([self.job.scene_id])
        # on PostgreSQL, another process that would send the same request waits here until this one is committed
        # on SQLite there is only one such transaction at a time, since all of them begin IMMEDIATE
        same = GenerationJob.objects.filter(cache_key=self.job.cache_key).unfinished()
        list(same.locked().values_list("pk"))
        # a finished one is not served here: linking and verifying its files takes too long for this transaction
        if other := self._in_flight().first() or self._sources().first():
            self._wait_for(other)
            return True
        return False

    def serve_from(self, source: GenerationJob) -> bool:
        """Complete the job with the files of a finished one; return whether it is done, or no longer ours."""
        try:
            files = output_files(source)
            # linked before the transaction begins: where there are no hard links, gigabytes are copied
            with self.linked_files(files) as parts, transaction.atomic():
                self.complete_from(source, files, parts)
        except OutputUnavailable as error:
            self._record_unusable(source, str(error))
            return False
        # on commit, since create_jobs() has a transaction around all
        queues.nudge_on_commit("check", str(self.job.pk))
        return True

    @contextmanager
    def linked_files(self, files: Sequence[OutputFile]) -> Iterator[list[Path]]:
        """Link the files under temporary names, verified to the last byte. Raise OutputUnavailable."""
        # these names are temporary either way: after the commit the files have their final ones
        parts: list[Path] = []
        try:
            for number, output in enumerate(files, 1):
                parts.append(self._link(output, number))
            yield parts
        finally:
            for part in parts:
                part.unlink(missing_ok=True)

    def complete_from(self, source: GenerationJob, files: Sequence[OutputFile], parts: Sequence[Path]) -> bool:
        """Name the linked files and complete the job, in the caller's transaction; return whether it was still ours."""
        lock_scenes([self.job.scene_id])
        # as in collect: the claim is proved again before a file gets its name
        if not GenerationJob.objects.filter(pk=self.job.pk, claimed_by=self._token).locked().exists():
            logger.info("serve job=%s lost its claim", self.job.pk)
            return False
        self._complete(source, [self._store(part, output) for part, output in zip(parts, files, strict=True)])
        return True

    def _sources(self) -> JobQuerySet:
        jobs = reuse_lookup.finished_jobs(self.job.created_by, self.job.project, self.job.cache_key)
        return jobs.exclude(pk__in=self._unusable)

    def _in_flight(self) -> JobQuerySet:
        job = self.job
        # a job that was free lets one go first that is paid for
        is_free = job.credits_estimated == 0
        jobs = reuse_lookup.jobs_in_flight(job.created_by, job.project, job.cache_key, queued=is_free)
        return jobs.exclude(pk=job.pk)

    def _wait_for(self, other: GenerationJob) -> None:
        state = _("sent, but unconfirmed,") if other.status == Status.UNCONFIRMED else _("already on its way")
        message = _("The same request is {state} as {take_name}. This take gets its file for 0 credits.").format(
            state=state, take_name=take_name(other)
        )
        due_at = backoff.seconds_from_now(RECHECK_SECONDS)
        self.job.wait(WAITS_FOR_TAKE, message, due_at, claim=self._token)

    def _record_unusable(self, source: GenerationJob, problem: str) -> None:
        self._unusable.add(source.pk)
        note = _("{problem} It is generated again.").format(problem=problem)
        # the job may come here again many times while it waits, and says it once
        if not self.job.events.filter(kind=JobEvent.Kind.NOTE, message=note).exists():
            self.job.add_event(JobEvent.Kind.NOTE, note, {"unusableSource": str(source.pk)})

    def _link(self, output: OutputFile, number: int) -> Path:
        """Return the file under a temporary name in the job's folder."""
        folder = self.job.scene.path / outputs.folder_of(self.job)
        # linked first and verified then: the name of the original may be given to another file in between
        part = part_path(folder, f"{self.job.pk}-link-{number}")
        try:
            link_or_copy(output.path, part)
        except FileNotFoundError:
            raise missing_file(output) from None
        try:
            verify(output, part)
        except OutputUnavailable:
            part.unlink(missing_ok=True)
            raise
        return part

    def _store(self, part: Path, output: OutputFile) -> tuple[Asset | None, dict[str, Any]]:
        asset, entry = outputs.store(self.job, part, output.content)
        self.job.outputs = [*self.job.outputs, entry]
        return asset, entry

    def _complete(self, source: GenerationJob, stored: list[tuple[Asset | None, dict[str, Any]]]) -> None:
        self.job.move_to(
            Status.COMPLETED,
            claim=self._token,
            asset=next((asset for asset, _ in stored if asset), None),
            outputs=[entry for _, entry in stored],
            message=gettext_noop(
                "The same request was already paid for as {take_name}, whose file is used for 0 credits."
            ).format(take_name=take_name(source)),
            data={"cachedFrom": str(source.pk)},
            # the source may be a reused take itself; the one that was paid for is named
            cached_from=source.cached_from or source.pk,
            credits_estimated=0,
            credits_charged=0,
        )
        wake_waiting(self.job)
