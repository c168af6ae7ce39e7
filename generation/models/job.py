"""One request for one take, and its moves from state to state."""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from generation.models.batch import Batch
from generation.models.event import JobEvent
from generation.models.job_input import JobInput
from generation.models.ledger import JobCredits, LedgerEntry
from generation.models.status import (
    AT_RUNWAY,
    ENDED,
    HOLDING_CREDITS,
    MOVES,
    UNFINISHED,
    WAITS_FOR_TAKE,
    WITHOUT_TAKE,
    IllegalMove,
    LostRace,
    Mark,
    Status,
)
from generation.runway import catalog
from projects import mirror
from projects.live import publish
from projects.models import Asset, Project, Scene
from projects.models.asset import file_url
from projects.models.json_field import ValidJSONField

logger = logging.getLogger("dailies.jobs")

# the key of the file's address in the last message of a job, by what the job makes
FILE_URLS = {"video": "videoUrl", "image": "imageUrl", "audio": "audioUrl"}
# in characters; a longer one is cut off
MAX_WAITING_MESSAGE = 300


_IS_REFUSED = models.Q(refused_digest__isnull=False)


class JobQuerySet(models.QuerySet["GenerationJob"]):
    """Questions about many jobs."""

    def unfinished(self) -> JobQuerySet:
        """Select the jobs that are on their way."""
        return self.in_state(*UNFINISHED)

    def in_state(self, *statuses: Status) -> JobQuerySet:
        """Select the jobs in some of the unfinished states, by the partial index `unfinished_jobs`.

        By an index of states a database would read all jobs, once its statistics say that a state has thousands.
        """
        return self.filter(status__in=statuses, finished_at__isnull=True)

    def queued(self) -> JobQuerySet:
        """Select the jobs that wait here."""
        return self.in_state(Status.QUEUED)

    def at_runway(self) -> JobQuerySet:
        """Select the jobs whose task Runway has and has not ended."""
        return self.in_state(*AT_RUNWAY)

    def with_related(self) -> JobQuerySet:
        """Load what messages and the JSON of a job need: project, scene, file, person and report, in one query."""
        return self.select_related("project", "scene", "asset", "created_by", "quality")

    def with_first_frame(self) -> JobQuerySet:
        """Load the files that go into each request, in one more query; `first_frame` asks for them."""
        return self.prefetch_related(input_files())

    def takes(self) -> JobQuerySet:
        """Select the jobs that make a video; pictures and sounds are not takes."""
        return self.filter(makes="video")

    def locked(self) -> JobQuerySet:
        """Lock the jobs in the order of their keys until the end of the transaction, see projects/models/locks.py."""
        # no_key: adding a row that refers to one of them, such as an event, need not wait
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def update_in_order(self, **values: Any) -> int:
        """Do what `update()` does, which locks its rows in an order of the database's own."""
        if not connection.features.has_select_for_update:
            return self.update(**values)  # SQLite has one lock for all
        with transaction.atomic():
            return GenerationJob.objects.filter(pk__in=self.locked().values("pk")).update(**values)

    def due(self, now: datetime) -> JobQuerySet:
        """Select the jobs whose next step is due at `now`."""
        return self.filter(models.Q(due_at__isnull=True) | models.Q(due_at__lte=now))

    def waiting_for(self, cache_key: str) -> JobQuerySet:
        """Select the queued jobs that wait for the same request of another job."""
        return self.queued().filter(cache_key=cache_key, waiting_code=WAITS_FOR_TAKE)


def credits_expected() -> Coalesce:
    """Return `GenerationJob.credits_expected` for a query."""
    return Coalesce("credits_estimated", "credits_ceiling")


def input_files() -> models.Prefetch[str]:
    """Return what loads the files of requests for a list of jobs, with `prefetch_related_objects()`."""
    return models.Prefetch("input_rows", JobInput.objects.select_related("asset__scene__project"))


JobManager = models.Manager.from_queryset(JobQuerySet)


class GenerationJob(models.Model):
    """One request for one take. Only `move_to()` changes `status`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="jobs")
    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="jobs")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs")
    kind = models.CharField(max_length=30, default="image_to_video", help_text="the endpoint's name at Runway")
    model = models.CharField(max_length=60)
    parameters = ValidJSONField(default=dict, help_text="Runway's wire names; a file is asset:{id}")
    # the parameters say where each file goes, as asset:{id}; here the jobs can be found from the file
    inputs = models.ManyToManyField(Asset, through=JobInput, related_name="input_of", editable=False)
    # what comes out of its kind, as a column, since each kind of output counts for itself
    makes = models.CharField(max_length=5, default="video", db_default="video", editable=False)
    take = models.PositiveIntegerField(help_text="among what the scene has of its kind of output")

    status = models.CharField(max_length=11, choices=Status.choices, default=Status.QUEUED, editable=False)
    progress = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    # of the queued jobs the highest goes first, then the oldest
    priority = models.IntegerField(default=0, editable=False)
    # why the job does not move right now, in words, and when the next step is due
    waiting_code = models.CharField(max_length=40, blank=True, editable=False)
    waiting_message = models.CharField(max_length=MAX_WAITING_MESSAGE, blank=True, editable=False)
    waiting_since = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(null=True, editable=False, db_index=True)
    attempts = models.PositiveIntegerField(default=0, editable=False, help_text="failed attempts at the present step")
    claimed_by = models.CharField(max_length=80, blank=True, editable=False)
    claim_expires_at = models.DateTimeField(null=True, editable=False)
    cancel_requested_at = models.DateTimeField(null=True, editable=False)

    mark = models.CharField(max_length=8, choices=Mark.choices, blank=True, editable=False)
    note = models.TextField(blank=True, editable=False, help_text="what a person wrote about the take")

    runway_task_id = models.CharField(max_length=80, null=True, unique=True, editable=False)  # noqa: DJ001 - unique
    output_urls = ValidJSONField(default=list, editable=False)
    # a task may give several files: `{"assetId", "path", "sha256", "bytes"}`, in order; the first is `asset`
    outputs = ValidJSONField(default=list, editable=False)
    # pay once: equal for equal requests; whether a finished take may serve it, and the job whose take did
    cache_key = models.CharField(max_length=64, blank=True, editable=False)
    reuse = models.BooleanField(default=False, editable=False)
    cached_from = models.UUIDField(null=True, editable=False)
    # the batch that it belongs to, and its row in the shot list
    batch = models.ForeignKey(Batch, null=True, on_delete=models.SET_NULL, related_name="jobs", editable=False)
    batch_row = models.PositiveIntegerField(null=True, editable=False)
    asset = models.OneToOneField(Asset, null=True, on_delete=models.SET_NULL, related_name="job", editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    error_code = models.CharField(max_length=80, blank=True, editable=False)
    error_message = models.TextField(blank=True, editable=False)
    error_retryable = models.BooleanField(default=False, editable=False)
    error_traceback = models.TextField(blank=True, editable=False)
    # what moderation refused, by `generation/money/refusals.py`; null for all other jobs
    refused_digest = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - null is not indexed
    # the task is paid and its clip may still be had: a retry goes on with it, at no cost
    clip_may_come = models.BooleanField(default=False, editable=False)
    credits_estimated = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)
    credits_charged = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)
    # the most that a person lets it cost, which is held while there is no estimate
    credits_ceiling = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)
    # whether the simulator sent the bill, which is no price of Runway's; null before a task has succeeded
    simulated = models.BooleanField(null=True, editable=False)

    idempotency_key = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001 - unique
    request_digest = models.CharField(max_length=64, blank=True, editable=False)
    retry_of = models.OneToOneField(
        "self", null=True, on_delete=models.SET_NULL, related_name="successor", editable=False
    )
    # created by the automatic retry of a take that failed quality control
    automatic = models.BooleanField(default=False, editable=False)

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    running_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    # when quality control was done, or the job ended without a take; one that went to the trash before has no report
    checked_at = models.DateTimeField(null=True, editable=False)

    objects = JobManager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["status", "due_at"]),
            models.Index(fields=["scene", "created_at"]),
            # lists, newest first: of everything, of a state, of a project; the columns behind are what lists filter by,
            # so that rows that are not shown are not read
            models.Index(fields=["created_at", "id", "project", "scene", "status"], name="jobs_newest"),
            models.Index(fields=["status", "created_at", "id", "project", "scene"], name="jobs_newest_by_state"),
            models.Index(fields=["project", "created_at", "id", "scene", "status"], name="jobs_newest_of_project"),
            models.Index(fields=["created_by", "created_at", "id"], name="jobs_newest_of_person"),
            # what was sent within a day, and how long the last takes of a model took
            models.Index(fields=["submitted_at", "model"], name="jobs_sent"),
            models.Index(fields=["model", "status", "finished_at"], name="jobs_by_model"),
            models.Index(fields=["cache_key"], condition=~models.Q(cache_key=""), name="same_requests"),
            # what the takes of a period came to and cost, by the index alone
            models.Index(fields=["project", "status", "finished_at", "credits_charged", "mark"], name="jobs_by_end"),
            # what is on its way: few, however long the history is
            models.Index(
                # with the column of the condition SQLite need not read the rows to count models
                fields=["finished_at", "status", "due_at", "model"],
                condition=models.Q(finished_at__isnull=True),
                name="unfinished_jobs",
            ),
            # a request is compared with those that moderation refused, and refusals are counted
            models.Index(fields=["refused_digest"], condition=_IS_REFUSED, name="refused_requests"),
            models.Index(fields=["finished_at", "model"], condition=_IS_REFUSED, name="refused_lately"),
            # failures that may be tried again; both conditions are columns, so they have no constants either
            models.Index(fields=["created_at", "id"], condition=models.Q(error_retryable=True), name="jobs_retryable"),
            models.Index(fields=["created_at", "id"], condition=models.Q(clip_may_come=True), name="clips_to_come"),
            # the sweep looks for takes without a report every few seconds
            models.Index(
                fields=["finished_at"],
                # no value in it: SQLite uses a partial index only where the query has the same constants, and Django
                # sends parameters
                condition=models.Q(checked_at=None, finished_at__isnull=False),
                name="ended_and_not_checked",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["scene", "makes", "take"], name="one_job_per_number"),
            models.UniqueConstraint(fields=["created_by", "idempotency_key"], name="one_job_per_idempotency_key"),
        ]

    def __str__(self) -> str:
        return f"{self.model}, take {self.take}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; a new one notes what its kind makes."""
        if self._state.adding:
            self.makes = self.output_kind
        super().save(*args, **kwargs)

    def move_to(
        self,
        status: Status,
        *,
        message: str = "",
        data: dict[str, Any] | None = None,
        claim: str | None = None,
        **changes: Any,
    ) -> None:
        """Move the job to another state and set `changes` with it, by compare-and-set.

        Raise IllegalMove when the table of moves has no such arrow, LostRace when the row (or the claim on it) has
        changed since it was read. The event and the ledger are written in the same transaction; scene.json and the
        message to the browsers follow the commit, and cannot fail the caller.
        """
        old = Status(self.status)
        if status not in MOVES[old]:
            raise IllegalMove(f"{old} → {status}")
        now = timezone.now()
        blank = dict.fromkeys(("waiting_code", "waiting_message", "claimed_by"), "")
        cleared = dict.fromkeys(("waiting_since", "due_at", "claim_expires_at"))
        # without a take there is nothing to check, and the index of what is unchecked stays small
        ends = {"finished_at": now if status in ENDED else None, "checked_at": now if status in WITHOUT_TAKE else None}
        values = {**blank, **cleared, "attempts": 0, **ends, **changes}
        if status == Status.COMPLETED:
            values["progress"] = 100
        with transaction.atomic():
            # first, since this locks the scene
            mirror.changed(self.scene)
            if not self._unchanged(claim).update(status=status, version=F("version") + 1, changed_at=now, **values):
                raise LostRace(f"{self.pk}: {old} → {status}")
            self.add_event(JobEvent.Kind.MOVE, message, data, status=status)
            self._reload(**changes)
            self.record_credits(message)
            self.publish_on_commit()
        self._log("move", f"{old}→{status} {message}")

    def fail(self, code: str, message: str, *, retryable: bool, claim: str | None = None, **changes: Any) -> None:
        """Move the job to `failed`, with a `code` for programs and a `message` for people; raise as `move_to()` does.

        `retryable` says that the same request may succeed when it is tried again.
        """
        self.move_to(
            Status.FAILED,
            message=message,
            claim=claim,
            error_code=code[:80],
            error_message=message,
            error_retryable=retryable,
            **changes,
        )

    def wait(
        self,
        code: str,
        message: str,
        due_at: datetime | None = None,
        *,
        failed_attempt: bool = False,
        claim: str | None = None,
    ) -> None:
        """Note why the job does not move and when its step is due again; pages hear of a new reason or attempt.

        Raise LostRace when the row, or the claim on it, has changed since it was read.
        """
        message = message[:MAX_WAITING_MESSAGE]
        new_reason = (self.waiting_code, self.waiting_message) != (code, message)
        visible = new_reason or failed_attempt
        values: dict[str, Any] = {"waiting_code": code, "waiting_message": message, "due_at": due_at}
        if self.waiting_code != code:
            values["waiting_since"] = timezone.now()
        if failed_attempt:
            values["attempts"] = F("attempts") + 1
        if visible:
            values |= {"version": F("version") + 1, "changed_at": timezone.now()}
        with transaction.atomic():
            if not self._unchanged(claim).update(**values):
                raise LostRace(f"{self.pk}: waits no longer in {self.status}")
            if new_reason:
                self.add_event(JobEvent.Kind.WAIT, message, {"code": code})
            self._reload()
            if visible:
                self.publish_on_commit()
        if new_reason:
            self._log("wait", f"{code}: {message}")

    def annotate(self, **values: str) -> None:
        """Set the mark or the note; without values, tell the pages that the report or the choice has changed."""
        with transaction.atomic():
            # first, since this locks the scene
            mirror.changed(self.scene)
            GenerationJob.objects.filter(pk=self.pk).update(
                version=F("version") + 1, changed_at=timezone.now(), **values
            )
            self._reload()
            self.publish_on_commit()

    def add_event(
        self,
        kind: JobEvent.Kind,
        message: str = "",
        data: dict[str, Any] | None = None,
        *,
        status: str = "",
        runway_task_id: str | None = None,
    ) -> JobEvent:
        """Append an event. Raise IntegrityError when another job has that task id."""
        return JobEvent.objects.create(
            job=self, kind=kind, message=message, data=data or {}, status=status, runway_task_id=runway_task_id
        )

    def record_credits(self, reason: str, *, new: bool = False) -> None:
        """Enter in the ledger what the row says now; call it in the transaction that made or changed the row.

        A job that is restored from its folder may have ended long ago: its first entries count for that day.
        """
        day = (self.finished_at or self.created_at).astimezone(UTC).date() if new else None
        LedgerEntry.objects.record(self.credits, reason, day, new=new)

    def mirror_and_publish(self) -> None:
        """Write scene.json and tell the browsers once the running transaction is committed."""
        mirror.changed(self.scene)
        self.publish_on_commit()

    def publish_on_commit(self) -> None:
        """Tell the browsers once the running transaction is committed."""
        publish.publish_on_commit([self.as_message()])

    def as_message(self) -> dict[str, Any]:
        """Return the socket's message on the present state: `{"type", "data"}`."""
        data: dict[str, Any] = {
            "jobId": str(self.pk),
            "projectId": self.project.slug,
            "sceneId": self.scene.folder_name,
            "status": self.status,
            "progress": self.progress,
            "version": self.version,
        }
        if self.status == Status.COMPLETED:
            return self._message("completed", data | {FILE_URLS[self.output_kind]: self.file_url})
        if self.status in ENDED:
            ending = {"code": self.status, "message": f"The generation is {self.status}.", "retryable": False}
            return self._message("failed", data | {"error": self.error or ending})
        started = self.status == Status.QUEUED and self.version == 1
        return self._message("started" if started else "progress", data)

    @property
    def output_kind(self) -> str:
        """What the job makes: video, image or audio."""
        return catalog.output_kind(self.kind)

    @property
    def first_frame(self) -> Asset | None:
        """The project's picture that the take begins with, if any; see `with_first_frame()`."""
        return next((row.asset for row in self.input_rows.all() if row.place in JobInput.FIRST_FRAME), None)

    @property
    def output_asset_ids(self) -> list[str]:
        """The ids of its files in order; exports such as archives are no assets and have none."""
        return [output["assetId"] for output in self.outputs if output["assetId"]]

    @property
    def file_url(self) -> str | None:
        """The address of the first file; None before it is there, and while it is in the trash."""
        if self.asset is None or self.asset.trashed_at:
            return None
        return file_url(self.project.slug, self.scene.folder_name, self.asset.pk)

    @property
    def error(self) -> dict[str, Any] | None:
        """Why it failed: `code`, `message`, `retryable`."""
        if not self.error_code:
            return None
        return {"code": self.error_code, "message": self.error_message, "retryable": self.error_retryable}

    @property
    def credits_expected(self) -> Decimal | None:
        """What it may cost: the estimate, or what a person allowed where there is none; None without either."""
        return self.credits_ceiling if self.credits_estimated is None else self.credits_estimated

    @property
    def credits(self) -> JobCredits:
        """What the row says of its credits, as the ledger enters it.

        They are held while the task may be charged, also for a failed job whose clip may still come (a time-out).
        """
        failed = self.status in (Status.FAILED, Status.CANCELLED)
        return JobCredits(
            job_id=self.pk,
            model=self.model,
            project=self.project,
            scene=self.scene,
            person=self.created_by,
            estimate=self.credits_estimated,
            ceiling=self.credits_ceiling,
            cost=self.credits_charged,
            may_be_charged=self.status in HOLDING_CREDITS or (self.status == Status.FAILED and self.clip_may_come),
            refunded=failed and self.runway_task_id is not None,
        )

    def _message(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        return {"type": f"{self.output_kind}_generation_{event}", "data": data}

    def _unchanged(self, claim: str | None) -> JobQuerySet:
        """Select the row as long as its state and claim are as they were read."""
        row = GenerationJob.objects.filter(pk=self.pk, status=self.status)
        return row if claim is None else row.filter(claimed_by=claim)

    def _reload(self, **changes: Any) -> None:
        """Read the row's own columns anew; related rows stay loaded, those in `changes` are set."""
        columns = [field.attname for field in self._meta.concrete_fields if not field.is_relation]
        self.refresh_from_db(fields=columns)
        for name, value in changes.items():
            if self._meta.get_field(name).is_relation:
                setattr(self, name, value)

    def _log(self, event: str, text: str) -> None:
        logger.info("%s job=%s project=%s task=%s %s", event, self.pk, self.project.slug, self.runway_task_id, text)
