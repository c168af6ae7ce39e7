"""Projects, scenes, assets; who belongs to them; tokens of the API. Rows lead for state, the disk for media."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone


class Project(models.Model):
    """A film; one folder, `PROJECTS_ROOT/{slug}/`. The API calls the slug `projectId`; a rename never changes it."""

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # numbers of scenes are never reused
    next_scene_number = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["-updated_at", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return Path(settings.PROJECTS_ROOT) / self.slug


class Scene(models.Model):
    """A part of a film; one folder in the project's, `scene-{number}`."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="scenes")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    position = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_take = models.PositiveIntegerField(default=1, editable=False)
    # grows with every change that scene.json shows; the mirror writes what is behind
    version = models.PositiveIntegerField(default=1, editable=False)
    mirrored_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["position", "number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_scene_per_number")]

    def __str__(self) -> str:
        return f"{self.project_id}/{self.folder_name}"

    @property
    def folder_name(self) -> str:
        """What the API calls `sceneId`."""
        return f"scene-{self.number}"

    @property
    def path(self) -> Path:
        return self.project.path / self.folder_name


class Asset(models.Model):
    """A file in a scene."""

    class Kind(models.TextChoices):
        IMAGE = "image"
        AUDIO = "audio"
        VIDEO = "video"

    class Source(models.TextChoices):
        UPLOADED = "uploaded"
        GENERATED = "generated"
        FOUND = "found"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    file_name = models.CharField(max_length=255)
    mime_type = models.CharField(max_length=100)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    duration = models.FloatField(null=True, blank=True, help_text="seconds")
    source = models.CharField(max_length=9, choices=Source.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)
    take = models.PositiveIntegerField(null=True, blank=True, help_text="of a generated clip, within its scene")
    selected = models.BooleanField(default=False, help_text="the chosen take of its scene")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scene"],
                condition=models.Q(selected=True, trashed_at__isnull=True),
                name="one_selected_take_per_scene",
            ),
            models.UniqueConstraint(
                fields=["scene", "kind", "file_name"],
                condition=models.Q(trashed_at__isnull=True),
                name="one_asset_per_file",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def folder_name(self) -> str:
        return {"image": "images", "audio": "audio", "video": "videos"}[self.kind]

    @property
    def relative_path(self) -> str:
        """Within the project's folder, with `/`."""
        return f"{self.scene.folder_name}/{self.folder_name}/{self.file_name}"

    @property
    def path(self) -> Path:
        return self.scene.path / self.folder_name / self.file_name


class Membership(models.Model):
    """Who belongs to a project, as what, and who may spend on it. Each project has exactly one owner."""

    class Role(models.TextChoices):
        OWNER = "owner"
        EDITOR = "editor"
        VIEWER = "viewer"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role.choices)
    may_spend = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_membership_per_person"),
            models.UniqueConstraint(fields=["project"], condition=models.Q(role="owner"), name="one_owner_per_project"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class ApiToken(models.Model):
    """A key to the API, stored as a digest; the token itself is shown once, when it is made."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    read_only = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class SignInTries(models.Model):
    """Wrong passwords of late, for one name or from one address; which one, only its digest tells."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} tries"


class Preferences(models.Model):
    """How a person likes the pages, in whatever browser."""

    class Theme(models.TextChoices):
        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="preferences"
    )
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)

    def __str__(self) -> str:
        return f"{self.user}: {self.theme}"
