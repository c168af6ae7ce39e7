"""The rows of the money: what happened to each job's credits, the same added up by day, budgets, comparisons."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from projects.models import Project, Scene


class AppendOnly(models.QuerySet["LedgerEntry"]):
    def update(self, **_: Any) -> int:
        raise TypeError("The ledger is append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The ledger is append-only.")


AppendOnlyManager = models.Manager.from_queryset(AppendOnly)


class LedgerEntry(models.Model):
    """One thing that happened to a job's credits; append-only, written with the job's row in one transaction.

    Reservations less releases are what is held for a job; charges less refunds are what it has cost. An estimate only
    says what was told before. Whose it was stands here by key, so that a new name splits no sum, and by the name of
    that day, for whoever is gone.
    """

    class Kind(models.TextChoices):
        ESTIMATE = "estimate"
        RESERVATION = "reservation"
        CHARGE = "charge"
        REFUND = "refund"
        RELEASE = "release"

    kind = models.CharField(max_length=11, choices=Kind.choices)
    credits = models.DecimalField(max_digits=12, decimal_places=2, help_text="refunds and releases are below zero")
    at = models.DateTimeField(default=timezone.now, help_text="when it was entered")
    day = models.DateField(help_text="to which it belongs, in UTC, as Runway counts")
    reason = models.CharField(max_length=300, blank=True)
    job = models.ForeignKey("generation.GenerationJob", null=True, on_delete=models.SET_NULL, related_name="ledger")
    model = models.CharField(max_length=60)
    project = models.ForeignKey(Project, null=True, on_delete=models.SET_NULL, related_name="+")
    scene = models.ForeignKey(Scene, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    project_name = models.CharField(max_length=200)
    scene_name = models.CharField(max_length=200)
    person_name = models.CharField(max_length=150, blank=True)

    objects = AppendOnlyManager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["day", "project"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.credits}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The ledger is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The ledger is append-only.")


_READ = ("through", "held", "charged", "refunded")


class DaySpend(models.Model):
    """Ledger entries added up by day and by whose they were, so that reports need not read each; see `money.sums`.

    Made from the entries alone, and may be made anew at any time. Several rows may speak of the same day.
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
    """What may be spent at most: on a project, by a person (on a project or everywhere), or in the whole studio."""

    class Period(models.TextChoices):
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

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.scope


class Reconciliation(models.Model):
    """What Runway counts beside what the studio knows, as it was on one day that somebody asked."""

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    # [{"day", "model", "ours", "runway", "difference", "suspects": [{"jobId", "why"}]}], the newest day first
    lines = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"

    @property
    def differences(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["difference"]]

    @property
    def agreeing(self) -> int:
        return len(self.lines) - len(self.differences)
