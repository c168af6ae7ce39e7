"""Exports: one request for one file of a film, which a worker makes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from film.document.timeline import Timeline
from film.render import snapshot
from film.render.options import Options
from film.render.profiles import PROFILES, profile_named
from generation.models import WebhookDelivery
from projects.live import publish
from projects.models import Project
from projects.models.json_field import ValidJSONField
from projects.text.iso_time import iso_time

EXPORTS = "exports"
"""In a project's folder."""
METADATA = "metadata"
"""In `exports/`: what each file was made from."""


class ExportQuerySet(models.QuerySet["Export"]):
    """Questions about many exports."""

    def unfinished(self) -> ExportQuerySet:
        """Select the exports that are waiting or being made, by the partial index."""
        return self.filter(finished_at__isnull=True)


class Export(models.Model):
    """One file of a film. The row leads: a worker claims it, and what is written here is what people see."""

    class Status(models.TextChoices):
        """Where it is on its way."""

        QUEUED = "queued"
        RUNNING = "running"
        COMPLETED = "completed"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="exports")
    profile = models.CharField(max_length=40, choices=[(name, name) for name in PROFILES])
    options = ValidJSONField(default=dict, help_text="see film/render/options.py")
    document = ValidJSONField(help_text="the cut with its media as it was; see film/render/snapshot.py")
    cut_version = models.PositiveIntegerField()
    request_key = models.CharField(max_length=64, editable=False, help_text="equal for equal files")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.QUEUED)
    progress = models.FloatField(default=0, help_text="from 0 to 1")
    file_name = models.CharField(max_length=255, blank=True, default="")
    bytes = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    segments_total = models.PositiveIntegerField(default=0)
    segments_reused = models.PositiveIntegerField(default=0)
    report = ValidJSONField(default=list, help_text="sentences: what is not shown or heard as it is stored")
    media = ValidJSONField(default=list, help_text="assetId, path and sha256 of each file that is in it")
    error = models.TextField(blank=True, default="")
    # increases with every change that a browser shows
    version = models.PositiveIntegerField(default=1)
    attempts = models.PositiveIntegerField(default=0, help_text="how often a worker has begun it")
    cancel_requested_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=80, blank=True, default="")
    claim_expires_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(ExportQuerySet)()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(finished_at__isnull=True), name="unfinished_exports"),
            models.Index(fields=["project", "-created_at"], name="exports_of_project"),
            models.Index(fields=["project", "request_key"], name="equal_exports"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.profile} {self.status}"

    @property
    def timeline(self) -> Timeline:
        """The film as it was when the export was asked for."""
        return snapshot.from_json(self.document)

    @property
    def chosen_options(self) -> Options:
        """Its options."""
        return Options.from_json(self.options)

    @property
    def folder(self) -> Path:
        """Where the files of the project's exports are."""
        return self.project.path / EXPORTS

    @property
    def path(self) -> Path | None:
        """The file; None while there is none."""
        return self.folder / self.file_name if self.file_name else None

    @property
    def captions_path(self) -> Path | None:
        """The subtitles beside the file; None where it was not asked to have them, or while there is no file."""
        has_captions = self.chosen_options.captions == "sidecar" and profile_named(self.profile).is_played
        return self.path.with_suffix(".srt") if self.path and has_captions else None

    @property
    def is_ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.finished_at is not None

    def write(self, *, claim: str | None = None, only: Iterable[str] = (), **values: Any) -> bool:
        """Change the row if it still has the claim and one of the states `only`; return whether it was changed.

        One statement: of two processes that try at once, the second finds another state.
        """
        rows = Export.objects.filter(pk=self.pk)
        rows = rows.filter(claimed_by=claim) if claim is not None else rows
        rows = rows.filter(status__in=list(only)) if only else rows
        # the project and the cut stay as they are
        names = {each.name for each in self._meta.concrete_fields} - {"project", "document"}
        with transaction.atomic():
            if not rows.update(version=F("version") + 1, **values):
                return False
            self.refresh_from_db(fields=names)
            if values.get("finished_at"):
                WebhookDelivery.objects.tell(f"export.{self.status}", self.message())
        return True

    def publish(self, event: str) -> None:
        """Send an event to the sockets that subscribed to the project, after the commit."""
        publish.publish_on_commit([{"type": f"export_{event}", "data": self.message()}])

    def message(self) -> dict[str, Any]:
        """Return what sockets and webhooks are told of it."""
        data = {
            "exportId": str(self.pk),
            "projectId": self.project.slug,
            "profile": self.profile,
            "status": self.status,
            "progress": round(self.progress, 4),
            "secondsLeft": self.seconds_left(timezone.now()),
            "version": self.version,
        }
        if self.status == self.Status.COMPLETED:
            data["url"] = self.url
        if self.status in (self.Status.FAILED, self.Status.CANCELLED):
            data["error"] = self.error or _("The export was cancelled.")
        return data

    def seconds_left(self, now: datetime) -> int | None:
        """Return how long it may still take, from how long it has taken so far; None where that says nothing."""
        if self.status != self.Status.RUNNING or not self.started_at or self.progress < 0.01:
            return None
        passed = (now - self.started_at).total_seconds()
        return max(round(passed * (1 - self.progress) / self.progress), 0)

    @property
    def url(self) -> str:
        """Where the API serves the file."""
        return f"/api/exports/{self.pk}/file"

    def as_dict(self) -> dict[str, Any]:
        """Return the export as JSON, for the API, the pages and the manifest."""
        return {
            "exportId": str(self.pk),
            "projectId": self.project.slug,
            "profile": self.profile,
            "options": self.options,
            "cutVersion": self.cut_version,
            "status": self.status,
            "progress": round(self.progress, 4),
            "secondsLeft": self.seconds_left(timezone.now()),
            "path": f"{EXPORTS}/{self.file_name}" if self.file_name else None,
            "url": self.url if self.file_name else None,
            "captionsUrl": f"/api/exports/{self.pk}/captions" if self.captions_path else None,
            "bytes": self.bytes,
            "sha256": self.sha256 or None,
            "segments": {"total": self.segments_total, "reused": self.segments_reused},
            "report": self.report,
            "error": self.error or None,
            "version": self.version,
            "createdAt": iso_time(self.created_at),
            "finishedAt": iso_time(self.finished_at),
        }
