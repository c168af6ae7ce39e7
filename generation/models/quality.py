"""The report of quality control on a finished take, and its thumbnails."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from projects.models.json_field import ValidJSONField


class QualityReport(models.Model):
    """The report on one finished job, written once. A clip that fails stays visible, but is not auto-chosen."""

    class Verdict(models.TextChoices):
        """The worst level of the reasons."""

        PASS = "pass"  # noqa: S105 - a verdict
        WARN = "warn"
        FAIL = "fail"

    job = models.OneToOneField("generation.GenerationJob", on_delete=models.CASCADE, related_name="quality")
    verdict = models.CharField(max_length=4, choices=Verdict.choices)
    reasons = ValidJSONField(default=list, help_text="code, level, message, at (seconds or null), thumbnail (or not)")
    fingerprint = ValidJSONField(default=list, help_text="256 bits as hex, of eight moments")
    facts = ValidJSONField(default=dict, help_text="codec, size, length as they were found")
    # whether Content Credentials are in the file; null where the file could not be read
    c2pa = models.BooleanField(null=True)
    # whether an automatic retry is still to be decided, and afterwards what was decided
    retry_due = models.BooleanField(default=False)
    retry_note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            # what the sweep asks for every few seconds
            models.Index(fields=["created_at"], condition=models.Q(retry_due=True), name="retries_due"),
        ]

    def __str__(self) -> str:
        return self.verdict

    def as_dict(self) -> dict[str, Any]:
        """Return `{"verdict", "reasons": [{"code", "level", "message", "at", "thumbnailUrl"}], "retryNote"}`."""
        reasons = [self._reason_dict(number, reason) for number, reason in enumerate(self.reasons)]
        return {"verdict": self.verdict, "reasons": reasons, "retryNote": self.retry_note or None}

    def _reason_dict(self, number: int, reason: dict[str, Any]) -> dict[str, Any]:
        url = f"/api/jobs/{self.job_id}/quality/{number}" if reason["thumbnail"] else None
        return {name: reason[name] for name in ("code", "level", "message", "at")} | {"thumbnailUrl": url}


class QualityThumbnail(models.Model):
    """The frame at the time of a reason. It has a few kilobytes, so it is kept in the database beside its report."""

    report = models.ForeignKey(QualityReport, on_delete=models.CASCADE, related_name="thumbnails")
    number = models.PositiveSmallIntegerField(help_text="of the reason, from 0")
    jpeg = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="one_thumbnail_per_reason")]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.number}"
