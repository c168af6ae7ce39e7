"""The prompt library: named prompts with their versions, and the variables of a project that stand in them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Project


class SavedPrompt(models.Model):
    """A named prompt of a project, or without one of the whole studio; its texts are its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="saved_prompts")
    name = models.CharField(max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # so that a deletion can be undone
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["name", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=models.Q(deleted_at=None, project__isnull=False),
                name="one_prompt_per_name",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(deleted_at=None, project__isnull=True),
                name="one_studio_prompt_per_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PromptVersion(models.Model):
    """One text of a saved prompt; it never changes."""

    prompt = models.ForeignKey(SavedPrompt, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["prompt", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return _("version {number}").format(number=self.number)


class PromptVariable(models.Model):
    """A text of a project that stands in prompts by its name, `{hero}`: a person of the cast, a place, a look."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="prompt_variables")
    name = models.CharField(max_length=40)
    text = models.TextField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_variable_per_name")]

    def __str__(self) -> str:
        return self.name
