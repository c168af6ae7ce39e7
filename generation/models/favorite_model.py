"""The models that a person has starred."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class FavoriteModel(models.Model):
    """A model that a person sees first in lists of models."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "model"], name="one_star_per_model")]

    def __str__(self) -> str:
        return f"{self.user}: {self.model}"
