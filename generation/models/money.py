"""Tables about money besides the ledger: daily totals, budgets, and reconciliations with Runway."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from projects.models import Project, Scene
from projects.models.json_field import ValidJSONField

_READ = ("through", "held", "charged", "refunded")


class DaySpend(models.Model):
    """The sum of ledger entries of one day, model, scene and person, so that reports need not read every entry.

    Computed from the entries alone by `money.rollup`; it can be deleted and computed again at any time. A day has
    several rows when entries were added up more than once.
    """

    through = models.BigIntegerField(db_index=True, help_text="entries up to this one are in these sums, and no later")
    day = models.DateField()
    model = models.CharField(max_length=60)
    project = models.ForeignKey(Project, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    scene = models.ForeignKey(Scene, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    person_name = models.CharField(max_length=150, blank=True)
    held = models.DecimalField(max_digits=14, decimal_places=2)
    charged = models.DecimalField(max_digits=14, decimal_places=2)
    refunded = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        ordering = ["day", "id"]
        # each has all that one kind of sum reads, so that the rows themselves are never looked at
        indexes = [
            models.Index(fields=["day", "project", *_READ], name="spend_by_day"),
            models.Index(fields=["project", "scene", "day", *_READ], name="spend_by_scene"),
            models.Index(fields=["project", "model", "person", "person_name", "day", *_READ], name="spend_by_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.charged}"


class Budget(models.Model):
    """The most that may be spent on a project, by a person (on a project or everywhere), or in the whole studio."""

    class Period(models.TextChoices):
        """The time for which a budget counts: a calendar day or month in UTC, or all time."""

        DAY = "day"
        MONTH = "month"
        TOTAL = "total"

    # one budget of each kind: the database allows no two rows of a nullable pair by itself
    scope = models.CharField(max_length=80, unique=True, editable=False)
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="budgets")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="budgets")
    period = models.CharField(max_length=5, choices=Period.choices)
    credits = models.DecimalField(max_digits=12, decimal_places=2)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    # when webhooks were told that nothing is left of it, or too little for a request, and what was left then
    reached_at = models.DateTimeField(null=True, editable=False)
    reached_left = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.scope


class Reconciliation(models.Model):
    """A comparison of Runway's usage with the studio's own, as it was when a person requested it."""

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    # [{"day", "model", "ours", "runway", "difference", "suspects": [{"jobId", "why"}]}], the newest day first
    lines = ValidJSONField(default=list)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"

    @property
    def differences(self) -> list[dict[str, Any]]:
        """Return the lines on which Runway and the studio disagree."""
        return [line for line in self.lines if line["difference"]]

    @property
    def agreeing(self) -> int:
        """Return the number of lines on which they agree."""
        return len(self.lines) - len(self.differences)
