"""What Runway's bills have told of prices: a table that is made of the ledger, and can be made again at any time."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils import timezone

from generation.runway.catalog.price_class import MAX_SETTINGS_LENGTH

# a task's cost is in whole credits, an estimate may not be: a smaller difference is rounding
LEAST_DIFFERENCE = 1


class ObservedPrice(models.Model):
    """The last bill of one class of requests (`generation.runway.catalog.price_class`) and one amount.

    Bills of the simulator are kept apart from Runway's.
    """

    simulated = models.BooleanField()
    kind = models.CharField(max_length=30)
    model = models.CharField(max_length=60)
    settings = models.CharField(max_length=MAX_SETTINGS_LENGTH)
    amount = models.DecimalField(max_digits=12, decimal_places=3, help_text="of the unit in the settings")
    credits = models.DecimalField(max_digits=12, decimal_places=2)
    bills = models.PositiveIntegerField(default=1, help_text="how many in a row said so")
    since = models.DateTimeField(default=timezone.now, help_text="of the first of these bills")
    last_at = models.DateTimeField(default=timezone.now, help_text="of the last one")
    published = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, help_text="the catalog's price; null where it has none"
    )
    expected = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, help_text="the estimate that the first bill proved wrong"
    )

    class Meta:
        ordering = ["kind", "model", "settings", "amount"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "model", "settings", "simulated", "amount"], name="one_price_per_class_and_amount"
            )
        ]
        # the header of every page asks for the newest changes
        indexes = [
            models.Index(fields=["since"], condition=models.Q(expected__isnull=False), name="price_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.credits}"

    @property
    def contradicts_catalog(self) -> bool:
        """Whether Runway billed another price than the catalog has."""
        return self.published is not None and differs(self.credits, self.published)


def differs(billed: Decimal, estimated: Decimal) -> bool:
    """Return whether a bill is not what was estimated, rounding aside."""
    return abs(billed - estimated) >= LEAST_DIFFERENCE
