"""Pay once: a job whose request was paid before gets the finished files as links; the same on its way is waited for.

It is asked before anything else of a submit, and once more in the transaction that moves the job to `submitting`, so
that of two equal requests one is sent, whoever comes first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef

from generation.engine import backoff, claims, inputs, outputs, queues, request_key
from generation.engine.claims import Claim
from generation.engine.request_key import Gone, Output
from generation.models import GenerationJob, JobEvent, JobQuerySet, LostRace
from generation.models.status import ENDED, WAITS_FOR_TAKE, Status
from generation.money import checks
from generation.runway import catalog
from projects.disk.layout import part_path
from projects.disk.links import link_or_copy
from projects.models import Asset
from projects.problems import Problem

logger = logging.getLogger("dailies.jobs")

# nobody need tell that the other has ended: it is looked for again after this
LOOK_AGAIN_SECONDS = 5.0
AT_ONCE = 200


def ready(now: datetime) -> JobQuerySet:
    """What may be served without a place at Runway: jobs with a twin, so that a lost nudge is made good."""
    twin = GenerationJob.objects.filter(cache_key=OuterRef("cache_key")).exclude(pk=OuterRef("pk"))
    waits = GenerationJob.objects.filter(claims.free(now), Exists(twin), status=Status.QUEUED, reuse=True)
    return waits.exclude(cache_key="").due(now).order_by("created_at")[:AT_ONCE]


def serve_now(job: GenerationJob, source: GenerationJob) -> None:
    """At the door, for a job that was just made with our claim on it; what does not come to an end is the worker's."""
    with claims.keep([job]) as (claim,):
        try:
            served = Try(claim).serve(source)
        except OSError as error:
            logger.warning("serve job=%s disk: %s", job.pk, error)
            served = False
    if not served:
        queues.nudge("submit", str(job.pk))


def together(job_ids: Sequence[str]) -> None:
    """Of several jobs of one batch those are served that are paid, in one transaction; the others are nudged alone."""
    try:
        with claims.hold_all(job_ids, Status.QUEUED) as found:
            left = set(job_ids) - _serve_all([Try(claim) for claim in found])
    except (OSError, LostRace, DatabaseError) as error:
        # nothing was done: each for itself says what is wrong with it
        logger.warning("serve jobs=%s: %s", len(job_ids), error)
        left = set(job_ids)
    if served := [key for key in job_ids if key not in left]:
        queues.nudge("check", *served)
    for key in left:
        queues.nudge("submit", key)


def wake_waiting(job: GenerationJob) -> None:
    """Let the jobs go on that wait for the same request, when `job` has ended: they get its file, or are sent.

    A call that is lost costs some seconds: a waiting job is due again by itself.
    """
    if job.status not in ENDED or not job.cache_key:
        return
    keys = list(GenerationJob.objects.waiting_for(job.cache_key).order_by("created_at").values_list("pk", flat=True))
    GenerationJob.objects.filter(pk__in=keys, status=Status.QUEUED).update(due_at=None)
    for key in keys:
        queues.nudge_on_commit("submit", str(key))


def _serve_all(tries: Sequence[Try]) -> set[str]:
    """The ids of those that have their files now. A file that is gone is the business of its own submit."""
    sources = _sources_of([one.job for one in tries if one.job.reuse])
    with ExitStack() as parts:
        ready = []
        for one in tries:
            with suppress(Gone):
                if source := sources.get(one.job.cache_key):
                    found = request_key.outputs(source)
                    ready.append((one, source, found, parts.enter_context(one.parts(found))))
        with transaction.atomic():
            return {str(one.job.pk) for one, source, found, made in ready if one.take(source, found, made)}


def _sources_of(jobs: Sequence[GenerationJob]) -> dict[str, GenerationJob]:
    """By their key, the take that was paid first; for the person and the project of the first job."""
    if not jobs:
        return {}
    person, project = jobs[0].created_by, jobs[0].project
    keys = {job.cache_key for job in jobs if job.cache_key and (job.created_by, job.project) == (person, project)}
    return {job.cache_key: job for job in request_key.sources(person, project, *keys).reverse()}


class Try:
    """One try to have a job's files from a take that is paid. A take whose files are gone is passed over, and told."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.job = claim.job
        self._passed_over: set[UUID] = set()

    def is_settled(self) -> bool:
        """Whether there is nothing to send: it is completed, waits for its twin, or may not be paid for."""
        if not self.job.reuse or not self.job.cache_key:
            return False
        if any(self.serve(source) for source in request_key.in_turn(self._sources())):
            return True
        if twin := self._twins().first():
            self._wait(twin)
            return True
        return self.job.credits_estimated == 0 and not self._pay_after_all()

    def is_overtaken(self) -> bool:
        """In the transaction that would send it: another one was sent, or has come, since it was asked first."""
        if not self.job.reuse or not self.job.cache_key:
            return False
        # PostgreSQL: who would send the same waits here until this one is sent
        list(self._mine().unfinished().select_for_update(of=("self",)).order_by("pk").values_list("pk"))
        if twin := self._twins().first() or self._sources().first():
            self._wait(twin)
            return True
        return False

    def _mine(self) -> JobQuerySet:
        return GenerationJob.objects.filter(cache_key=self.job.cache_key)

    def _sources(self) -> JobQuerySet:
        found = request_key.sources(self.job.created_by, self.job.project, self.job.cache_key)
        return found.exclude(pk__in=self._passed_over)

    def _twins(self) -> JobQuerySet:
        job = self.job
        # taken in for nothing: it lets the one go first that is to be paid
        found = request_key.under_way(job.created_by, job.project, job.cache_key, queued=job.credits_estimated == 0)
        return found.exclude(pk=job.pk)

    def _wait(self, twin: GenerationJob) -> None:
        where = "sent, and nobody knows whether Runway took it:" if twin.status == Status.UNCONFIRMED else "on its way"
        words = (
            f"The same request is {where} as {request_key.name(twin)}; it is paid once, and this take gets its file."
        )
        self.job.wait(WAITS_FOR_TAKE, words[:300], backoff.in_seconds(LOOK_AGAIN_SECONDS), claim=self.claim.token)

    def serve(self, source: GenerationJob) -> bool:
        """Whether the job has that take's files now, or is no longer ours."""
        try:
            self._link(source, request_key.outputs(source))
        except Gone as gone:
            self._pass_over(source, str(gone))
            return False
        queues.nudge("check", str(self.job.pk))
        return True

    def _pass_over(self, source: GenerationJob, trouble: str) -> None:
        self._passed_over.add(source.pk)
        told = f"{trouble} So it is made again."
        if not self.job.events.filter(kind=JobEvent.Kind.NOTE, message=told).exists():
            self.job.add_event(JobEvent.Kind.NOTE, told, {"passedOver": str(source.pk)})

    def _link(self, source: GenerationJob, found: Sequence[Output]) -> None:
        with self.parts(found) as parts, transaction.atomic():
            self.take(source, found, parts)

    @contextmanager
    def parts(self, found: Sequence[Output]) -> Iterator[list[Path]]:
        """The files under temporary names of ours, each looked at to the last byte. Gone where one is not whole."""
        made: list[Path] = []
        try:
            for number, output in enumerate(found):
                made.append(self._part(output, number))
            yield made
        finally:
            for part in made:
                part.unlink(missing_ok=True)

    def take(self, source: GenerationJob, found: Sequence[Output], parts: Sequence[Path]) -> bool:
        """In a transaction: the files get their names, and the job is completed; False where it is no longer ours."""
        job = self.job
        # as in collect: the claim is proved again before a file gets its name
        mine = GenerationJob.objects.select_for_update().filter(pk=job.pk, claimed_by=self.claim.token)
        if not mine.exists():
            logger.info("serve job=%s lost its claim", job.pk)
            return False
        self._complete(source, [self._keep(part, output) for part, output in zip(parts, found, strict=True)])
        return True

    def _part(self, output: Output, number: int) -> Path:
        """The file under a temporary name in our folder, looked at to the last byte."""
        target = self.job.scene.path / outputs.folder_of(self.job)
        part = part_path(target, f"{self.job.pk}-link-{number + 1}")
        try:
            link_or_copy(output.path, part)
        except FileNotFoundError:
            raise request_key.gone(output) from None
        try:
            request_key.check(output, part)
        except Gone:
            part.unlink(missing_ok=True)
            raise
        return part

    def _keep(self, part: Path, output: Output) -> tuple[Asset | None, dict[str, Any]]:
        found = outputs.Found(output.sha256, output.bytes, output.suffix, output.media)
        asset, entry = outputs.keep(self.job, part, found)
        self.job.outputs = [*self.job.outputs, entry]
        return asset, entry

    def _complete(self, source: GenerationJob, kept: list[tuple[Asset | None, dict[str, Any]]]) -> None:
        self.job.move_to(
            Status.COMPLETED,
            claim=self.claim.token,
            asset=next((asset for asset, _ in kept if asset), None),
            outputs=[entry for _, entry in kept],
            message="The same request was paid for before: "
            f"its file is that of {request_key.name(source)}, for 0 credits.",
            data={"cachedFrom": str(source.pk)},
            cached_from=source.cached_from or source.pk,
            credits_estimated=0,
            credits_charged=0,
        )
        wake_waiting(self.job)

    def _pay_after_all(self) -> bool:
        """It was taken in for nothing, and is to be paid: the door is asked as for any other."""
        job = self.job
        try:
            with transaction.atomic():
                price = self._ask_the_door()
                GenerationJob.objects.filter(pk=job.pk, claimed_by=self.claim.token).update(credits_estimated=price)
                job.refresh_from_db(fields=["credits_estimated"])
                job.record_credits("Its file can no longer be reused for free.")
        except Problem as problem:
            words = f"Its file cannot be had for nothing any more. {problem.message}"
            job.move_to(
                Status.FAILED,
                claim=self.claim.token,
                message=words,
                error_code=problem.code,
                error_message=words,
                error_retryable=True,
            )
            return False
        return True

    def _ask_the_door(self) -> Any:
        job, model = self.job, catalog.find(self.job.kind, self.job.model)
        if model is None:
            return None
        found = inputs.look_up(job.scene, model, job.parameters)
        price = model.max_credits(job.parameters, inputs.measures(model, found))
        if job.created_by is not None:
            checks.check(
                job.created_by,
                job.project,
                kind=job.kind,
                model=job.model,
                parameters=job.parameters,
                credits=price,
                confirm_refused=False,
            )
        return price
