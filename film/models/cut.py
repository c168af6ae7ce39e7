"""The cut of a project, and every state that it has had."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from film.document import cut as cuts
from projects.models import Project
from projects.models.json_field import ValidJSONField


class CutRevision(models.Model):
    """One state of a project's cut; never changed but for its name.

    `parent` is the number of the state that it was made from, which an undo returns to; None is the automatic cut of a
    project that nobody had touched.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cut_revisions")
    number = models.PositiveIntegerField()
    parent = models.PositiveIntegerField(null=True)
    automatic = models.BooleanField(default=False, help_text="its clips are the scenes in their order")
    document = ValidJSONField(help_text="see film/document/cut.py")
    name = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_revision_per_number")]

    def __str__(self) -> str:
        return self.name or _("Version {number}").format(number=self.number)

    @property
    def cut(self) -> cuts.Cut:
        """The cut as data."""
        return cuts.from_json(self.document)


class ProjectCut(models.Model):
    """Which revision a project's cut shows now. A project whose cut nobody has touched has no row."""

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="cut")
    # increases with every change, an undo included; what a client read is compared with it
    version = models.PositiveIntegerField(default=1)
    # None after everything was undone: the automatic cut
    revision = models.ForeignKey(CutRevision, null=True, on_delete=models.PROTECT, related_name="+")
    undone = ValidJSONField(default=list, help_text="numbers of revisions, the last one undone at the end")
    next_number = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)
    # who made the last change, an undo included
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = "cut"

    def __str__(self) -> str:
        return f"{self.project_id} version {self.version}"
