"""What is stored of one request for one take, and what can be read from it."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from generation.models.batch import Batch
from generation.models.job_input import JobInput
from generation.models.ledger import JobCredits
from generation.models.status import HOLDING_CREDITS, Mark, Status
from generation.runway import catalog
from projects.models import Asset, Project, Scene
from projects.models.asset import file_url
from projects.models.json_field import ValidJSONField

# in characters; a longer one is cut off
MAX_WAITING_MESSAGE = 300


_IS_REFUSED = models.Q(refused_digest__isnull=False)


class JobRow(models.Model):
    """The columns of a job, and what follows from them alone; `GenerationJob` adds how they change."""

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
        "generation.GenerationJob", null=True, on_delete=models.SET_NULL, related_name="successor", editable=False
    )
    # created by the automatic retry of a take that failed quality control
    automatic = models.BooleanField(default=False, editable=False)

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    running_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    # when quality control was done, or the job ended without a take; one that went to the trash before has no report
    checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
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
            # whether somebody asked for a job in a project
            models.Index(fields=["created_by", "project", "created_at"], name="jobs_of_person_in_project"),
            # what was sent within a day, and how long the last takes of a model took
            models.Index(fields=["submitted_at", "model"], name="jobs_sent"),
            models.Index(fields=["model", "status", "finished_at"], name="jobs_by_model"),
            # whole: a database uses a partial one only for a key that is known not to be empty, not for another row's
            models.Index(fields=["cache_key"], name="same_requests"),
            # what the takes of a period came to and cost, by the index alone
            models.Index(fields=["project", "status", "mark", "finished_at", "credits_charged"], name="jobs_by_end"),
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

    @property
    def output_kind(self) -> str:
        """What the job makes: video, image or audio."""
        return catalog.output_kind(self.kind)

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


def credits_expected() -> Coalesce:
    """Return `JobRow.credits_expected` for a query."""
    return Coalesce("credits_estimated", "credits_ceiling")


def input_files() -> models.Prefetch[str]:
    """Return what loads the files of requests for a list of jobs, with `prefetch_related_objects()`."""
    return models.Prefetch("input_rows", JobInput.objects.select_related("asset__scene__project"))
