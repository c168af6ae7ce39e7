"""The ledger: every estimate, reservation, charge, refund and release of credits, append-only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone

from projects.models import Project, Scene

ZERO = Decimal(0)


@dataclass(frozen=True)
class JobCredits:
    """What the row of a job says of its credits, and for whom they count."""

    job_id: Any
    model: str
    project: Project
    scene: Scene
    person: User | None
    estimate: Decimal | float | None
    ceiling: Decimal | float | None
    """The most that a person allowed; it counts while there is no estimate."""
    cost: Decimal | float | None
    """The task's own cost; None until it is known."""
    may_be_charged: bool
    refunded: bool
    """Whether Runway gives back what the task was to cost: it accepted it, and it failed or was cancelled."""

    @property
    def estimated(self) -> Decimal:
        """The price that was quoted; 0 when it is unknown."""
        return _decimal(self.estimate)

    @property
    def held(self) -> Decimal:
        """What may still be charged: the estimate, until the cost is known or nothing more can be charged.

        Without an estimate it is what a person allowed at most.
        """
        expected = self.ceiling if self.estimate is None else self.estimate
        return _decimal(expected) if self.may_be_charged and self.cost is None else ZERO

    @property
    def spent(self) -> Decimal:
        """What was charged so far."""
        return _decimal(self.cost)


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    """Entries are added, never changed and never removed."""

    def update(self, **_: Any) -> int:
        """Raise TypeError: the ledger is append-only."""
        raise TypeError("The ledger is append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raise TypeError: the ledger is append-only."""
        raise TypeError("The ledger is append-only.")

    def record(self, credits: JobCredits, reason: str = "", day: date | None = None, *, new: bool = False) -> None:
        """Bring a job's entries up to its row, in the transaction that changed the row.

        The difference between the row and the sum of its entries is entered, so a step that runs twice enters
        nothing twice. `day` is the day that it counts for, in UTC, when that is not today; `new` says that the row
        has no entries yet. `reason` says in words what changed the row.
        """
        lines = list(_differences(credits, {} if new else self._totals(credits.job_id)))
        now = timezone.now()
        person = credits.person
        self.bulk_create(
            LedgerEntry(
                kind=kind,
                credits=amount,
                at=now,
                day=day or now.date(),
                reason=reason[:300],
                job_id=credits.job_id,
                model=credits.model,
                project=credits.project,
                scene=credits.scene,
                person=person,
                project_name=credits.project.name,
                scene_name=credits.scene.name,
                person_name=person.get_username() if person else "",
            )
            for kind, amount in lines
        )

    def _totals(self, job_id: Any) -> dict[str, Decimal | None]:
        return self.filter(job_id=job_id).aggregate(
            held=Sum("credits", filter=HELD),
            spent=Sum("credits", filter=SPENT),
            estimated=Sum("credits", filter=Q(kind=LedgerEntry.Kind.ESTIMATE)),
        )


LedgerManager = models.Manager.from_queryset(LedgerQuerySet)


class LedgerEntry(models.Model):
    """One change of a job's credits; append-only, written with the job's row in one transaction.

    Reservations plus releases are what is held for a job; charges plus refunds are what it has cost. An estimate only
    records the price that was quoted. Project, scene and person are kept by key, so that a rename splits no total, and
    by the name of that day, for those that are deleted later.
    """

    class Kind(models.TextChoices):
        """What happened to the credits; refunds and releases are negative."""

        ESTIMATE = "estimate"
        RESERVATION = "reservation"
        CHARGE = "charge"
        REFUND = "refund"
        RELEASE = "release"

    kind = models.CharField(max_length=11, choices=Kind.choices)
    credits = models.DecimalField(max_digits=12, decimal_places=2, help_text="refunds and releases are negative")
    at = models.DateTimeField(default=timezone.now, help_text="when it was entered")
    day = models.DateField(help_text="the day it counts for, in UTC, as Runway counts")
    reason = models.CharField(max_length=300, blank=True)
    job = models.ForeignKey("generation.GenerationJob", null=True, on_delete=models.SET_NULL, related_name="ledger")
    model = models.CharField(max_length=60)
    project = models.ForeignKey(Project, null=True, on_delete=models.SET_NULL, related_name="+")
    scene = models.ForeignKey(Scene, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    project_name = models.CharField(max_length=200)
    scene_name = models.CharField(max_length=200)
    person_name = models.CharField(max_length=150, blank=True)

    objects = LedgerManager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["day", "project"]),
            # the ledger as a file is read in this order, a part at a time
            models.Index(fields=["day", "id"], name="ledger_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.credits}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the entry. Raise TypeError for one that is stored already: the ledger is append-only."""
        if not self._state.adding:
            raise TypeError("The ledger is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """Raise TypeError: the ledger is append-only."""
        raise TypeError("The ledger is append-only.")


HELD = Q(kind__in=(LedgerEntry.Kind.RESERVATION, LedgerEntry.Kind.RELEASE))
SPENT = Q(kind__in=(LedgerEntry.Kind.CHARGE, LedgerEntry.Kind.REFUND))


def _differences(credits: JobCredits, totals: dict[str, Decimal | None]) -> Iterator[tuple[LedgerEntry.Kind, Decimal]]:
    """Yield what has to be entered so that the entries (`totals`) say what the row says."""
    kinds = LedgerEntry.Kind
    held_before = totals.get("held") or ZERO
    if estimate := credits.estimated - (totals.get("estimated") or ZERO):
        yield kinds.ESTIMATE, estimate
    if held := credits.held - held_before:
        yield (kinds.RESERVATION if held > 0 else kinds.RELEASE), held
    spent = credits.spent - (totals.get("spent") or ZERO)
    # Runway charges when it accepts a task and refunds when it fails, so both are entered; a ceiling was never charged
    is_given_back = credits.refunded and credits.cost is not None and credits.estimate is not None
    refund = max(held_before - credits.spent, ZERO) if is_given_back else ZERO
    if spent + refund > 0:
        yield kinds.CHARGE, spent + refund
    if refund:
        yield kinds.REFUND, -refund
    elif spent < 0:
        yield kinds.REFUND, spent


def _decimal(value: Decimal | float | None) -> Decimal:
    """Return credits as a Decimal. A row that was just created may still have a float or an integer."""
    return ZERO if value is None else Decimal(str(value))
