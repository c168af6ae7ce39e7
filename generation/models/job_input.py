"""The files that go into a job's request."""

from __future__ import annotations

from django.db import models

from projects.models import Asset


class JobInput(models.Model):
    """A file of the project at one place of a job's parameters, where `asset:{id}` stands for it.

    The row keeps the file from being deleted while the job needs it, and finds the jobs that use a file.
    """

    FIRST_FRAME = ("promptImage", "promptImage.0.uri")

    job = models.ForeignKey("generation.GenerationJob", on_delete=models.CASCADE, related_name="input_rows")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=200, help_text="path in the parameters, such as references.0.uri")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["job", "place"], name="one_input_per_place")]

    def __str__(self) -> str:
        return self.place
