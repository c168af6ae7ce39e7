"""The one place that says what a request costs, and that learns from the bills of finished tasks."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.translation import gettext as _

from generation.models import GenerationJob, JobEvent, JobQuerySet, LedgerEntry, ObservedPrice
from generation.models.status import Status
from generation.money import estimates
from generation.money.estimates import Estimate
from generation.money.media_info import files_of_job, media_info
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from generation.runway.catalog.price_class import Media, PriceClass, price_class
from projects.problems import wrong_field
from projects.text.credit_words import credit_words

logger = logging.getLogger("dailies.jobs")

# speech has as many amounts as texts have lengths; the last ones tell the rate
MAX_AMOUNTS = 50
ROWS_AT_ONCE = 500
# far above any price, and what the columns hold
MAX_CEILING = 1_000_000


class PriceBook:
    """What is known of prices at the moment. It reads each class once, so use a new one for each request or page."""

    def __init__(self) -> None:
        self._seen: dict[PriceClass, list[ObservedPrice]] = {}

    def estimate(self, model: CatalogModel, parameters: Mapping[str, Any], media: Media) -> Estimate:
        """Return what a request will cost. `media` is what is known of its files, by the name of the field."""
        known = estimates.from_catalog(model.max_credits(parameters, media), model.price.certainty)
        of_class = price_class(model, parameters, media)
        if of_class is None:
            return known
        if of_class not in self._seen:
            self._seen[of_class] = _read_class(observed_prices(), of_class)
        return estimates.estimate(known, self._seen[of_class], of_class.amount)


@dataclass(frozen=True)
class Bill:
    """What Runway charged for a finished task, and where it counts."""

    simulated: bool
    price_class: PriceClass
    credits: Decimal
    known: Estimate
    """The catalog's price."""


def read_ceiling(value: object) -> Decimal | None:
    """Return the most that a take may cost, in credits; None if nothing is given. Raise Problem 422 for a wrong one."""
    if value is None:
        return None
    try:
        credits = Decimal(str(value).strip())
    except InvalidOperation:
        credits = Decimal("NaN")
    # comparisons with NaN raise
    if not credits.is_finite() or not 0 < credits <= MAX_CEILING or credits != round(credits, 2):
        raise wrong_field(
            "maxCredits",
            _("maxCredits must be a number of credits from 0.01 to {max_ceiling:,}.").format(max_ceiling=MAX_CEILING),
        )
    return credits


def check_ceiling(credits: Decimal | None, ceiling: Decimal | None) -> None:
    """Raise Problem 422 when the price is known and higher than a person allows."""
    if credits is not None and ceiling is not None and credits > ceiling:
        raise wrong_field(
            "maxCredits", _("This costs {credits}, more than maxCredits allows.").format(credits=credit_words(credits))
        )


def record_bill(job: GenerationJob) -> None:
    """Learn from the cost of a task that succeeded, in the transaction that enters it in the ledger."""
    bill = _bill_of(job)
    if bill is None:
        return
    prices = ObservedPrice.objects.select_for_update().filter(simulated=bill.simulated)
    price = _with_bill(_read_class(prices, bill.price_class), bill, timezone.now())
    # the same class for the first time, twice at one moment: one bill tells as much as two
    with suppress(IntegrityError), transaction.atomic():
        price.save()
    if price.expected is not None and price.bills == 1:
        expected, credits = price.expected, price.credits
        logger.warning("price %s %s %s: billed %s, expected %s", job.kind, job.model, price.settings, credits, expected)


def rebuild() -> int:
    """Make the table of observed prices anew from the ledger and its jobs; return how many bills there were."""
    classes: defaultdict[tuple[bool, PriceClass], dict[Decimal, ObservedPrice]] = defaultdict(dict)
    count = 0
    for job in _billed_jobs().iterator(chunk_size=ROWS_AT_ONCE):
        if bill := _bill_of(job):
            # the amounts of a class in the order of their last bills
            amounts = classes[bill.simulated, _without_amount(bill.price_class)]
            same = amounts.pop(bill.price_class.amount, None)
            seen = [*([same] if same else []), *islice(reversed(amounts.values()), MAX_AMOUNTS)]
            amounts[bill.price_class.amount] = _with_bill(seen, bill, job.billed_at)  # type: ignore[attr-defined]
            count += 1
    with transaction.atomic():
        ObservedPrice.objects.all().delete()
        prices = (price for amounts in classes.values() for price in amounts.values())
        ObservedPrice.objects.bulk_create(prices, batch_size=ROWS_AT_ONCE)
    return count


def observed_prices() -> QuerySet[ObservedPrice]:
    """Select the observed prices of Runway, or of the simulator where the studio uses that."""
    return ObservedPrice.objects.filter(simulated=settings.RUNWAY_IS_SIMULATOR)


def changes(within: timedelta) -> QuerySet[ObservedPrice]:
    """Select the prices that a bill of this time has changed, the newest first."""
    return all_changes().filter(since__gte=timezone.now() - within)


def all_changes() -> QuerySet[ObservedPrice]:
    """Select the prices that a bill has changed, the newest first."""
    return observed_prices().filter(expected__isnull=False).order_by("-since")


def newest(changed_within: timedelta) -> QuerySet[ObservedPrice]:
    """Order the observed prices by their last bill, those first that a bill of this time has changed."""
    is_changed = Q(expected__isnull=False, since__gte=timezone.now() - changed_within)
    return observed_prices().order_by(Case(When(is_changed, then=Value(0)), default=Value(1)), "-last_at")


def _read_class(prices: QuerySet[ObservedPrice], of_class: PriceClass) -> list[ObservedPrice]:
    """Return the observed price of the class's amount, if any, and those of other amounts that were billed last."""
    is_other = Case(When(amount=of_class.amount, then=Value(0)), default=Value(1))
    in_class = prices.filter(kind=of_class.kind, model=of_class.model, settings=of_class.settings)
    return list(in_class.order_by(is_other, "-last_at")[: MAX_AMOUNTS + 1])


def _with_bill(seen: Sequence[ObservedPrice], bill: Bill, at: datetime) -> ObservedPrice:
    """Return the observed price after the bill, not saved. `seen` are those of its class."""
    of_class = bill.price_class
    same = next((price for price in seen if price.amount == of_class.amount), None)
    expected = estimates.estimate(bill.known, seen, of_class.amount)
    price = estimates.with_bill(same, expected, bill.credits, bill.known.credits, at)
    price.simulated, price.kind, price.model = bill.simulated, of_class.kind, of_class.model
    price.settings, price.amount = of_class.settings, of_class.amount
    return price


def _bill_of(job: GenerationJob) -> Bill | None:
    """Return the bill of a job; None where it tells nothing about prices.

    0 credits are a gift or the simulator's way for unknown prices: as a price they would open every budget.
    """
    model = catalog.find(job.kind, job.model)
    if model is None or not job.credits_charged or job.simulated is None:
        return None
    media = media_info(model, files_of_job(model, job))
    of_class = price_class(model, job.parameters, media)
    if of_class is None:
        return None
    known = estimates.from_catalog(model.max_credits(job.parameters, media), model.price.certainty)
    return Bill(job.simulated, of_class, job.credits_charged, known)


def _without_amount(of_class: PriceClass) -> PriceClass:
    return PriceClass(of_class.kind, of_class.model, of_class.settings, Decimal(0))


def _billed_jobs() -> JobQuerySet:
    """Select the jobs whose task succeeded and told its cost, in the order in which the ledger has their charges."""
    charges = LedgerEntry.objects.filter(job=OuterRef("pk"), kind=LedgerEntry.Kind.CHARGE).order_by("at")
    # without a cost the estimate was entered
    told_no_cost = JobEvent.objects.filter(job=OuterRef("pk"), status=Status.DOWNLOADING, data__cost="")
    jobs = GenerationJob.objects.filter(Q(status=Status.COMPLETED) | ~Q(output_urls=[]), runway_task_id__isnull=False)
    jobs = jobs.filter(Exists(charges), ~Exists(told_no_cost), credits_charged__gt=0, simulated__isnull=False)
    # restored jobs have the day of their restoration in the ledger
    entered_at = Subquery(charges.values("at")[:1])
    billed_at = Least(entered_at, Coalesce(F("finished_at"), entered_at))
    return jobs.with_first_frame().annotate(billed_at=billed_at).order_by("billed_at")
