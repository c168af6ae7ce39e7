"""One request for one take, its moves, and what was written down about it."""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from generation import serializers
from generation.models.batch import Batch
from generation.models.event import JobEvent
from generation.models.job_queryset import JobQuerySet, read_again
from generation.models.status import ENDED, MOVES, IllegalMove, LostRace, Mark, Status
from generation.money import ledger
from generation.provenance import sidecar
from generation.runway import catalog
from projects import mirror
from projects.live import publish
from projects.models import Asset, Project, Scene

JobManager = models.Manager.from_queryset(JobQuerySet)
logger = logging.getLogger("dailies.jobs")


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
                day = (self.finished_at or self.created_at).astimezone(UTC).date()
                ledger.enter(self, "Asked for.", day, new=True)

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
        with transaction.atomic():
            if not self._unchanged(claim).update(status=status, version=F("version") + 1, changed_at=now, **values):
                raise LostRace(f"{self.pk}: {old} → {status}")
            self.write_down(JobEvent.Kind.MOVE, message, data, status=status)
            read_again(self, **changes)
            ledger.enter(self, message)
            self.announce()
            if status in ENDED and self.cache_key:
                GenerationJob.objects.waiting_for(self.cache_key).wake()
        self._log("move", f"{old}→{status} {message}")

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
        with transaction.atomic():
            if not self._unchanged(claim).update(**values):
                raise LostRace(f"{self.pk}: waits no longer in {self.status}")
            if news:
                self.write_down(JobEvent.Kind.WAIT, message, {"code": code})
            read_again(self)
            if told:
                self.publish_on_commit()
        if news:
            self._log("wait", f"{code}: {message}")

    def _unchanged(self, claim: str | None) -> JobQuerySet:
        """Its row, as long as state and claim are as known."""
        row = GenerationJob.objects.filter(pk=self.pk, status=self.status)
        return row if claim is None else row.filter(claimed_by=claim)

    def _log(self, what: str, words: str) -> None:
        logger.info("%s job=%s project=%s task=%s %s", what, self.pk, self.project.slug, self.runway_task_id, words)

    def annotate(self, **values: str) -> None:
        """What is said of the take, its mark and note: no move. Without values its report or its choice has changed."""
        with transaction.atomic():
            GenerationJob.objects.filter(pk=self.pk).update(
                version=F("version") + 1, changed_at=timezone.now(), **values
            )
            read_again(self)
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
        publish.publish_on_commit([serializers.message(self)])

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
        return serializers.job_dict(self)

    def as_request(self) -> dict[str, Any]:
        """An entry of `generation.videoRequests` in scene.json, or of those for pictures and sound."""
        return serializers.request(self)

    def sidecars(self) -> dict[str, int]:
        """Names in `metadata/` of the records of its files, and the number of each file; none until it is done."""
        return sidecar.sidecars(self) if self.status == Status.COMPLETED else {}

    def as_sidecar(self, number: int) -> dict[str, Any]:
        """The record of one of its files: what it was made of, by whom, when, and what it cost."""
        return sidecar.sidecar(self, number)

    def as_completed(self) -> dict[str, Any] | None:
        """An entry of `generation.completedVideos` in scene.json, or of its like; None until the file is there."""
        return serializers.completed(self)
