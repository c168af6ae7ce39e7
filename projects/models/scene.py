"""Scenes."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from projects.models.project import Project

NEXT_NUMBERS = {"video": "next_take", "image": "next_image", "audio": "next_audio"}
"""The column of a scene with the number of its next output, by the kind of output."""


class Scene(models.Model):
    """A part of a film; the folder `scene-{number}` in the project's folder."""

    class ReviewStatus(models.TextChoices):
        """How far people are with the scene."""

        NONE = "none", gettext_lazy("No status")
        IN_PROGRESS = "in_progress", gettext_lazy("In progress")
        IN_REVIEW = "in_review", gettext_lazy("In review")
        APPROVED = "approved", gettext_lazy("Approved")
        ON_HOLD = "on_hold", gettext_lazy("On hold")

    class Color(models.TextChoices):
        """The tag of the scene, which means what its people agree on."""

        NONE = "none", gettext_lazy("No color")
        RED = "red", gettext_lazy("Red")
        ORANGE = "orange", gettext_lazy("Orange")
        YELLOW = "yellow", gettext_lazy("Yellow")
        GREEN = "green", gettext_lazy("Green")
        BLUE = "blue", gettext_lazy("Blue")
        PURPLE = "purple", gettext_lazy("Purple")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="scenes")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    position = models.PositiveIntegerField()
    # the defaults of the database are for processes of the version before, while an upgrade is under way
    review_status = models.CharField(
        max_length=11, choices=ReviewStatus.choices, default=ReviewStatus.NONE, db_default="none"
    )
    color = models.CharField(max_length=6, choices=Color.choices, default=Color.NONE, db_default="none")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # who moved it to the trash
    trashed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    # each kind of output counts for itself
    next_take = models.PositiveIntegerField(default=1, editable=False)
    next_image = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    next_audio = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    # increases with every change that scene.json shows; a lower mirrored_version means that it is to be written
    version = models.PositiveIntegerField(default=1, editable=False)
    mirrored_version = models.PositiveIntegerField(default=0, editable=False)
    # what came from its folder, when that was newer than a database from a backup: "2 takes and 1 file"
    taken_in = models.CharField(max_length=60, blank=True, default="", db_default="", editable=False)
    taken_in_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["position", "number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_scene_per_number")]

    def __str__(self) -> str:
        return f"{self.project_id}/{self.folder_name}"

    @property
    def folder_name(self) -> str:
        """The name of the folder; `sceneId` in the API."""
        return f"scene-{self.number}"

    @property
    def path(self) -> Path:
        """The folder of the scene."""
        return self.project.path / self.folder_name
