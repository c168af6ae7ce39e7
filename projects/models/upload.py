"""Uploads that arrive in parts."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from projects.models.asset import Asset
from projects.models.scene import Scene


class Upload(models.Model):
    """A file that a person sends in parts; how much has arrived is the size of its file on disk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="uploads")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=255)
    bytes = models.PositiveBigIntegerField()
    only = models.CharField(max_length=5, blank=True, help_text="the kind that is wanted; empty for any")
    fingerprint = models.CharField(max_length=200, blank=True, help_text="by which a page knows the file again")
    expires_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    asset = models.ForeignKey(
        Asset, null=True, on_delete=models.CASCADE, related_name="+", help_text="what it became, once it was whole"
    )

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.file_name
