"""Files of scenes."""

from __future__ import annotations

import uuid
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from projects.disk.layout import FOLDER_BY_KIND, ORIGINALS
from projects.models.scene import Scene


def take_or_zero() -> models.Func:
    """Return the number of a clip's take in a query, 0 for other files.

    With the 0 in the text, unlike `Coalesce`: a database uses the index only for the very same expression.
    """
    return models.Func("take", template="COALESCE(%(expressions)s, 0)", output_field=models.IntegerField())


class Asset(models.Model):
    """A file in a scene: picture, sound or video."""

    class Kind(models.TextChoices):
        """What the file is, by its content."""

        IMAGE = "image"
        AUDIO = "audio"
        VIDEO = "video"

    class Source(models.TextChoices):
        """Where the file came from; `found` was put into the folder by hand."""

        UPLOADED = "uploaded"
        GENERATED = "generated"
        FOUND = "found"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    file_name = models.CharField(max_length=255)
    original_name = models.CharField(
        max_length=255,
        blank=True,
        default="",
        # for processes of the version before, while an upgrade is under way
        db_default="",
        help_text="of the uploaded file; empty where there is none",
    )
    original_file = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text="in images/originals/: the picture as it came; empty where it was not converted",
    )
    original_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    mime_type = models.CharField(max_length=100)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    # the file's own time, in nanoseconds, when its hash was read: a file of that size and time is not read again
    file_time = models.BigIntegerField(null=True, blank=True, editable=False)
    missing_since = models.DateTimeField(null=True, blank=True, editable=False, help_text="removed from disk by hand")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    duration = models.FloatField(null=True, blank=True, help_text="seconds")
    has_sound = models.BooleanField(null=True, editable=False, help_text="empty where it is not known")
    source = models.CharField(max_length=9, choices=Source.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # who moved it to the trash
    trashed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    take = models.PositiveIntegerField(null=True, blank=True, help_text="of a generated clip, within its scene")
    selected = models.BooleanField(default=False, help_text="the chosen take of its scene")
    selected_automatically = models.BooleanField(
        default=False, db_default=False, help_text="chosen by quality control, and by nobody since"
    )

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            # what stands for a scene, the best first: `annotate_best_asset()` reads the first one that is good
            models.Index(
                models.F("scene"),
                models.F("selected").desc(),
                models.F("kind").desc(),
                take_or_zero().desc(),
                models.F("created_at").desc(),
                condition=models.Q(trashed_at__isnull=True),
                name="best_of_scene",
            ),
            models.Index(fields=["scene", "kind"], condition=models.Q(trashed_at__isnull=True), name="files_by_kind"),
            # the trash, the newest first
            models.Index(fields=["trashed_at"], condition=models.Q(trashed_at__isnull=False), name="files_in_trash"),
        ]
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
        """The folder in the scene's that holds files of this kind."""
        return FOLDER_BY_KIND[self.kind]

    @property
    def relative_path(self) -> str:
        """Within the project's folder, with `/`."""
        return f"{self.scene.folder_name}/{self.folder_name}/{self.file_name}"

    @property
    def original_path(self) -> Path | None:
        """The picture on disk as it came, before it was converted; None for any other file."""
        return self.path.parent / ORIGINALS / self.original_file if self.original_file else None

    @property
    def file_url(self) -> str:
        """The address of the file itself, under `/api/`."""
        return file_url(self.scene.project.slug, self.scene.folder_name, self.pk)

    @property
    def path(self) -> Path:
        """The file on disk."""
        return self.scene.path / self.folder_name / self.file_name


# to reverse an address takes 70 µs, and a page may have hundreds of them
@lru_cache(maxsize=10_000)
def file_url(project_id: str, scene_id: str, asset_id: uuid.UUID | str) -> str:
    """Return the address of a file under `/api/`, for callers that know its project and scene."""
    return reverse("api-1:asset_file", args=[project_id, scene_id, asset_id])


@lru_cache(maxsize=10_000)
def poster_url(project_id: str, scene_id: str, asset_id: uuid.UUID | str) -> str:
    """Return the address of a file's poster under `/api/`."""
    return reverse("api-1:asset_poster", args=[project_id, scene_id, asset_id])


@lru_cache(maxsize=10_000)
def sprite_url(project_id: str, scene_id: str, asset_id: uuid.UUID | str) -> str:
    """Return the address of a clip's sprite under `/api/`."""
    return reverse("api-1:asset_sprite", args=[project_id, scene_id, asset_id])
