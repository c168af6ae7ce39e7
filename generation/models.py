"""One request for one take, its moves, and what was written down about it."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from generation import provenance, queues, telling
from generation.auto_retry import AutoRetry
from generation.batches.rows import Batch
from generation.money import ledger
from generation.money.rows import Budget, DaySpend, LedgerEntry, Reconciliation
from generation.pauses import Pause
from generation.quality.rows import QualityReport, QualityThumbnail
from generation.runway import catalog
from generation.status import AT_RUNWAY, ENDED, MOVES, UNFINISHED, WAITS_FOR_TAKE, Status
from projects import events, mirror
from projects.models import Asset, Project, Scene

__all__ = [
    "AutoRetry",
    "Batch",
    "Budget",
    "DaySpend",
    "GenerationJob",
    "IllegalMove",
    "JobEvent",
    "JobQuerySet",
    "Lease",
    "LedgerEntry",
    "LostRace",
    "Pause",
    "QualityReport",
    "QualityThumbnail",
    "Reconciliation",
    "RunwayState",
]

logger = logging.getLogger("dailies.jobs")


class IllegalMove(Exception):
    """The table of moves does not know this arrow."""


class LostRace(Exception):
    """Somebody else moved the job first: stop, it is theirs."""


class Mark(models.TextChoices):
    """What a person thinks of a take; that it is the chosen one stands on its clip."""

    STARRED = "starred"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Credits:
    """What was charged, and what may yet be."""

    spent: Decimal
    waiting: Decimal


class JobQuerySet(models.QuerySet["GenerationJob"]):
    def unfinished(self) -> JobQuerySet:
        return self.filter(status__in=UNFINISHED)

    def at_runway(self) -> JobQuerySet:
        return self.filter(status__in=AT_RUNWAY)

    def told(self) -> JobQuerySet:
        """With all that `as_dict()` looks at, in one query."""
        return self.select_related("project", "scene", "asset", "prompt_image__scene", "created_by", "quality")

    def credits(self) -> Credits:
        """Of all these jobs together, as the ledger has it."""
        open_still = models.Q(status__in=ledger.HOLDING) | models.Q(status=Status.FAILED, clip_may_come=True)
        waiting = models.Sum("credits_estimated", filter=open_still & models.Q(credits_charged=None))
        sums = self.aggregate(spent=models.Sum("credits_charged"), waiting=waiting)
        return Credits(sums["spent"] or Decimal(0), sums["waiting"] or Decimal(0))

    def takes(self) -> JobQuerySet:
        """Those that make a video; pictures and sounds are no takes."""
        return self.exclude(kind__in=[kind for kind in catalog.kinds() if catalog.output(kind) != "video"])

    def due(self, now: datetime) -> JobQuerySet:
        return self.filter(models.Q(due_at__isnull=True) | models.Q(due_at__lte=now))


JobManager = models.Manager.from_queryset(JobQuerySet)


class GenerationJob(models.Model):
    """One request for one take. Only `move_to()` changes `status`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="jobs")
    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="jobs")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs")
    kind = models.CharField(max_length=30, default="image_to_video", help_text="the endpoint's name at Runway")
    model = models.CharField(max_length=60)
    parameters = models.JSONField(default=dict, help_text="Runway's wire names; a file is asset:{id}")
    # the parameters say where each goes, as asset:{id}; here they can be found from the file
    inputs = models.ManyToManyField(Asset, blank=True, related_name="input_of", editable=False)
    prompt_image = models.ForeignKey(Asset, null=True, on_delete=models.SET_NULL, related_name="prompted_jobs")
    prompt_image_url = models.CharField(max_length=2048, blank=True, help_text="handed on to Runway as it is")
    take = models.PositiveIntegerField()

    status = models.CharField(max_length=11, choices=Status.choices, default=Status.QUEUED, editable=False)
    progress = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    # of what waits, the highest goes first; then the oldest
    priority = models.IntegerField(default=0, editable=False)
    # why it does not move right now, in words, and when the next step is due
    waiting_code = models.CharField(max_length=40, blank=True, editable=False)
    waiting_message = models.CharField(max_length=300, blank=True, editable=False)
    waiting_since = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(null=True, editable=False, db_index=True)
    attempts = models.PositiveIntegerField(default=0, editable=False, help_text="failed tries of the present step")
    claimed_by = models.CharField(max_length=80, blank=True, editable=False)
    claim_expires_at = models.DateTimeField(null=True, editable=False)
    cancel_requested_at = models.DateTimeField(null=True, editable=False)

    mark = models.CharField(max_length=8, choices=Mark.choices, blank=True, editable=False)
    note = models.TextField(blank=True, editable=False, help_text="a person's words on the take")

    runway_task_id = models.CharField(max_length=80, null=True, unique=True, editable=False)  # noqa: DJ001 - unique
    output_urls = models.JSONField(default=list, editable=False)
    # a task may give several files: `{"assetId", "path", "sha256", "bytes"}`, in order; the first is `asset`
    outputs = models.JSONField(default=list, editable=False)
    # pay once: equal for equal requests; whether a take that is paid may serve it, and the one that did
    cache_key = models.CharField(max_length=64, blank=True, editable=False)
    reuse = models.BooleanField(default=False, editable=False)
    cached_from = models.UUIDField(null=True, editable=False)
    # what it was asked for together with, and its row in that list
    batch = models.ForeignKey(Batch, null=True, on_delete=models.SET_NULL, related_name="jobs", editable=False)
    batch_row = models.PositiveIntegerField(null=True, editable=False)
    asset = models.OneToOneField(Asset, null=True, on_delete=models.SET_NULL, related_name="job", editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    error_code = models.CharField(max_length=80, blank=True, editable=False)
    error_message = models.TextField(blank=True, editable=False)
    error_retryable = models.BooleanField(default=False, editable=False)
    error_traceback = models.TextField(blank=True, editable=False)
    # the task is paid and its clip may still be had: a retry goes on with it, at no cost
    clip_may_come = models.BooleanField(default=False, editable=False)
    credits_estimated = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)
    credits_charged = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)

    idempotency_key = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001 - unique
    request_digest = models.CharField(max_length=64, blank=True, editable=False)
    retry_of = models.OneToOneField(
        "self", null=True, on_delete=models.SET_NULL, related_name="successor", editable=False
    )
    # nobody has pressed anything: it is a retry of what quality control has failed
    automatic = models.BooleanField(default=False, editable=False)

    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    submitted_at = models.DateTimeField(null=True, editable=False)
    running_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    # when the finished take was looked at; there is no report of one that went to the trash before
    checked_at = models.DateTimeField(null=True, editable=False)

    objects = JobManager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["status", "due_at"]),
            models.Index(fields=["scene", "created_at"]),
            models.Index(fields=["cache_key"], condition=~models.Q(cache_key=""), name="same_requests"),
            # what the takes of a time came to and cost, without a look at the rows
            models.Index(fields=["project", "status", "finished_at", "credits_charged", "mark"], name="jobs_by_end"),
            # what the sweep asks for every few seconds
            models.Index(
                fields=["finished_at"],
                condition=models.Q(status=Status.COMPLETED, checked_at=None),
                name="finished_and_not_checked",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["scene", "take"], name="one_job_per_take"),
            models.UniqueConstraint(fields=["created_by", "idempotency_key"], name="one_job_per_idempotency_key"),
        ]

    def __str__(self) -> str:
        return f"{self.model}, take {self.take}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What a new job may cost is entered in the ledger with it."""
        new = self._state.adding
        with transaction.atomic():
            super().save(*args, **kwargs)
            if new:
                # one that is made anew from its folder may have ended long ago
                ledger.enter(self, "Asked for.", (self.finished_at or self.created_at).astimezone(UTC).date())

    def move_to(
        self,
        status: Status,
        *,
        message: str = "",
        data: dict[str, Any] | None = None,
        claim: str | None = None,
        **changes: Any,
    ) -> None:
        """Compare and set: IllegalMove by the table, LostRace when the row (or the claim on it) is no longer as known.

        After the commit scene.json is written and the change published; nothing of that can fail the caller.
        """
        old = Status(self.status)
        if status not in MOVES[old]:
            raise IllegalMove(f"{old} → {status}")
        now = timezone.now()
        fresh = dict.fromkeys(("waiting_code", "waiting_message", "claimed_by"), "")
        cleared = dict.fromkeys(("waiting_since", "due_at", "claim_expires_at"))
        values = {**fresh, **cleared, "attempts": 0, "finished_at": now if status in ENDED else None, **changes}
        if status == Status.COMPLETED:
            values["progress"] = 100
        unchanged = GenerationJob.objects.filter(pk=self.pk, status=old)
        if claim is not None:
            unchanged = unchanged.filter(claimed_by=claim)
        with transaction.atomic():
            if not unchanged.update(status=status, version=F("version") + 1, changed_at=now, **values):
                raise LostRace(f"{self.pk}: {old} → {status}")
            self.write_down(JobEvent.Kind.MOVE, message, data, status=status)
            self.refresh_from_db()
            ledger.enter(self, message)
            self.announce()
            if status in ENDED and self.cache_key:
                self._wake_twins()
        logger.info(
            "move job=%s project=%s task=%s %s→%s %s",
            self.pk,
            self.project.slug,
            self.runway_task_id,
            old,
            status,
            message,
        )

    def _wake_twins(self) -> None:
        """Who waited for this one's file may have it now, or is sent."""
        twins = GenerationJob.objects.filter(cache_key=self.cache_key, waiting_code=WAITS_FOR_TAKE)
        keys = list(twins.filter(status=Status.QUEUED).order_by("created_at").values_list("pk", flat=True))
        GenerationJob.objects.filter(pk__in=keys, status=Status.QUEUED).update(due_at=None)
        for key in keys:
            queues.nudge_on_commit("submit", str(key))

    def wait(
        self,
        code: str,
        message: str,
        due_at: datetime | None = None,
        *,
        failed_try: bool = False,
        claim: str | None = None,
    ) -> None:
        """Say why the job does not move, and when it is looked at again; told to the pages if news, or a try."""
        news = (self.waiting_code, self.waiting_message) != (code, message)
        told = news or failed_try
        values: dict[str, Any] = {"waiting_code": code, "waiting_message": message, "due_at": due_at}
        if self.waiting_code != code:
            values["waiting_since"] = timezone.now()
        if failed_try:
            values["attempts"] = F("attempts") + 1
        if told:
            values |= {"version": F("version") + 1, "changed_at": timezone.now()}
        unchanged = GenerationJob.objects.filter(pk=self.pk, status=self.status)
        if claim is not None:
            unchanged = unchanged.filter(claimed_by=claim)
        with transaction.atomic():
            if not unchanged.update(**values):
                raise LostRace(f"{self.pk}: waits no longer in {self.status}")
            if news:
                self.write_down(JobEvent.Kind.WAIT, message, {"code": code})
            self.refresh_from_db()
            if told:
                self.publish_on_commit()
        if news:
            logger.info(
                "wait job=%s project=%s task=%s %s: %s", self.pk, self.project.slug, self.runway_task_id, code, message
            )

    def annotate(self, **values: str) -> None:
        """What is said of the take, its mark and note: no move, and told to the pages as a change that ends nothing.

        Without values: it was looked at; its clip was chosen, or is no longer.
        """
        with transaction.atomic():
            GenerationJob.objects.filter(pk=self.pk).update(
                version=F("version") + 1, changed_at=timezone.now(), **values
            )
            self.refresh_from_db()
            self.announce()

    def write_down(
        self,
        kind: JobEvent.Kind,
        message: str = "",
        data: dict[str, Any] | None = None,
        *,
        status: str = "",
        runway_task_id: str | None = None,
    ) -> JobEvent:
        return JobEvent.objects.create(
            job=self, kind=kind, message=message, data=data or {}, status=status, runway_task_id=runway_task_id
        )

    def announce(self) -> None:
        """Within the transaction that changed the job: mirror and publish once it is committed."""
        mirror.changed(self.scene)
        self.publish_on_commit()

    def publish_on_commit(self) -> None:
        message = telling.message(self)

        # an inner function: Django 5.2 cannot log a failing functools.partial
        def publish() -> None:
            events.publish([message])

        transaction.on_commit(publish, robust=True)

    @property
    def output_kind(self) -> str:
        """What it makes: video, image, audio."""
        return catalog.output(self.kind)

    @property
    def spoken(self) -> dict[str, Any]:
        """The parameters that can be said in words: without those that hold files."""
        model = catalog.find(self.kind, self.model)
        files = {medium.place[0] for medium in model.media(self.parameters)} if model else {"promptImage"}
        return {name: value for name, value in self.parameters.items() if name not in files and value is not None}

    @property
    def request(self) -> dict[str, Any]:
        """The parameters with the picture in its place; jobs of the first release kept it beside them."""
        if "promptImage" in self.parameters or not (self.prompt_image_id or self.prompt_image_url):
            return dict(self.parameters)
        image = f"asset:{self.prompt_image_id}" if self.prompt_image_id else self.prompt_image_url
        return {**self.parameters, "promptImage": image}

    def as_dict(self) -> dict[str, Any]:
        """The contract's job: the same for the API, the socket and the disk."""
        return telling.job_dict(self)

    def as_request(self) -> dict[str, Any]:
        """An entry of `generation.videoRequests` in scene.json, or of those for pictures and sound."""
        return telling.request(self)

    def sidecars(self) -> dict[str, int]:
        """Names in `metadata/` of the records of its files, and the number of each file; none until it is done."""
        return provenance.sidecars(self) if self.status == Status.COMPLETED else {}

    def as_sidecar(self, number: int) -> dict[str, Any]:
        """The record of one of its files: what it was made of, by whom, when, and what it cost."""
        return provenance.sidecar(self, number)

    def as_completed(self) -> dict[str, Any] | None:
        """An entry of `generation.completedVideos` in scene.json, or of its like; None until the file is there."""
        return telling.completed(self)


class JobEvent(models.Model):
    """One thing that happened to a job; append-only. A task id that Runway gave stands here whoever won the race."""

    class Kind(models.TextChoices):
        MOVE = "move"
        REQUEST = "request"
        ANSWER = "answer"
        WAIT = "wait"
        NOTE = "note"

    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now, editable=False)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    status = models.CharField(max_length=11, choices=Status.choices, blank=True)
    message = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    runway_task_id = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - unique

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}".strip()


class Lease(models.Model):
    """Who does a thing that only one may do at a time, and until when; given up by expiry, never by a lock."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=80, blank=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class RunwayState(models.Model):
    """What the last talk with Runway told: one row, shown as a banner when something is wrong."""

    class Condition(models.TextChoices):
        OK = "ok"
        UNAUTHORIZED = "unauthorized"
        UNREACHABLE = "unreachable"

    condition = models.CharField(max_length=12, choices=Condition.choices, default=Condition.OK)
    message = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(default=timezone.now)
    # GET /v1/organization, as it came, and when
    organization = models.JSONField(default=dict)
    organization_at = models.DateTimeField(null=True)
    # of what waits with the same priority, what costs least goes first; else the oldest
    cheapest_first = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.condition
