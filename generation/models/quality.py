"""What was found of a take when it arrived."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone


class QualityReport(models.Model):
    """Of one finished job, written once. A verdict `fail` never hides the clip; it is only not chosen by itself."""

    class Verdict(models.TextChoices):
        PASS = "pass"  # noqa: S105 - a verdict
        WARN = "warn"
        FAIL = "fail"

    job = models.OneToOneField("generation.GenerationJob", on_delete=models.CASCADE, related_name="quality")
    verdict = models.CharField(max_length=4, choices=Verdict.choices)
    reasons = models.JSONField(default=list, help_text="code, level, message, at (seconds or null), thumbnail (or not)")
    fingerprint = models.JSONField(default=list, help_text="256 bits as hex, of eight moments")
    facts = models.JSONField(default=dict, help_text="codec, size, length as they were found")
    # whether Content Credentials are in the file; null where the file could not be read
    c2pa = models.BooleanField(null=True)
    # whether it is still to be decided that the take is made once more by itself, and then what came of it
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
        """`{"verdict", "reasons": [{"code", "level", "message", "at", "thumbnailUrl"}], "retryNote"}`"""
        reasons = [self._reason(number, told) for number, told in enumerate(self.reasons)]
        return {"verdict": self.verdict, "reasons": reasons, "retryNote": self.retry_note or None}

    def _reason(self, number: int, told: dict[str, Any]) -> dict[str, Any]:
        address = f"/api/jobs/{self.job_id}/quality/{number}" if told["thumbnail"] else None
        return {name: told[name] for name in ("code", "level", "message", "at")} | {"thumbnailUrl": address}


class QualityThumbnail(models.Model):
    """What is to be seen at the time of a reason. A few kilobytes, and evidence of a row: so it stands in one."""

    report = models.ForeignKey(QualityReport, on_delete=models.CASCADE, related_name="thumbnails")
    number = models.PositiveSmallIntegerField(help_text="of the reason, from 0")
    jpeg = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="one_thumbnail_per_reason")]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.number}"
