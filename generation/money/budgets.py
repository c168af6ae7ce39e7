"""Budgets, how much of each is used, and the check that no request goes over one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.models import Budget
from generation.models.ledger import ZERO
from generation.money.totals import CreditTotals, Groups, LedgerSnapshot
from generation.serializers import plain_number
from projects.models import Project
from projects.problems import Problem, conflict
from projects.text.credit_words import credit_words

Period = Budget.Period
PERIOD_WORDS = {Period.DAY: gettext_noop("today's"), Period.MONTH: gettext_noop("this month's"), Period.TOTAL: "the"}
_OWNERS = ("project", "person")


@dataclass(frozen=True)
class BudgetUsage:
    """A budget, the credits spent in its period, and those held for jobs that may still be charged."""

    budget: Budget
    spent: Decimal
    held: Decimal

    @property
    def used(self) -> Decimal:
        """Credits that are gone: spent and held."""
        return self.spent + self.held

    @property
    def left(self) -> Decimal:
        """Credits that are not used; below 0 when the budget was set lower than what was used already."""
        return self.budget.credits - self.used

    @property
    def percent_used(self) -> int:
        """How much of the budget is used, 0 to 100."""
        if self.budget.credits <= 0:
            return 100
        return max(0, min(100, int(self.used * 100 / self.budget.credits)))


class OverBudget(Problem):
    """A request that would go over a budget: Problem 409."""

    def __init__(self, usage: BudgetUsage, credits: Decimal) -> None:
        """Say how much is missing, in one sentence."""
        super().__init__(_over_budget(usage, credits), code="budget_exceeded", status=409)
        self.budget = usage.budget


def check(user: User, project: Project, credits: Decimal | None) -> None:
    """Raise Problem 409 when a request of this price, or several of this sum, would go over a budget.

    `credits` is None when the price is not known and nobody has said what it may cost. Call it in the transaction that
    creates the jobs: SQLite lets one writer in at a time, and PostgreSQL locks the rows of the budgets, so that two
    requests cannot both pass.
    """
    _check_each(_in_force(user, project).select_for_update(), credits)


def lock(user: User, project: Project) -> None:
    """Lock the budgets that count for a request, for a transaction that writes other rows before it checks them."""
    list(_in_force(user, project).select_for_update())


def blocking_reason(user: User, project: Project, credits: Decimal | None) -> str:
    """Return what `check` would say now, for a page that shows it before the request; empty if nothing blocks it."""
    try:
        _check_each(_in_force(user, project), credits)
    except Problem as problem:
        return problem.message
    return ""


def _in_force(user: User, project: Project) -> QuerySet[Budget]:
    """Select the budgets that count for a request of this person in this project."""
    own = (Q(project=project) | Q(project=None)) & (Q(person=user) | Q(person=None))
    return Budget.objects.filter(own).order_by("pk")


def _check_each(budgets: QuerySet[Budget], credits: Decimal | None) -> None:
    for usage in usages(list(budgets)):
        if credits is None:
            raise conflict(
                _(
                    "The price of this model is not known yet, and {budget} applies. Set the most that one take "
                    "may cost (maxCredits): it is reserved until Runway's bill."
                ).format(budget=describe(usage.budget)),
                "price_unknown",
            )
        if credits > 0 and credits > usage.left:
            raise OverBudget(usage, credits)


def _over_budget(usage: BudgetUsage, credits: Decimal) -> str:
    # a budget may be set lower than what is used already
    left, whole = plain_number(max(usage.left, ZERO)), credit_words(usage.budget.credits)
    return _(
        "You are {credits} short: this costs about {price}, and {budget} has {left} of {whole} "
        "left. Nothing was started."
    ).format(
        credits=credit_words(credits - usage.left),
        price=plain_number(credits),
        budget=describe(usage.budget),
        left=left,
        whole=whole,
    )


def usage_of(budget: Budget) -> BudgetUsage:
    """Return how much of one budget is used."""
    return usages([budget])[0]


def usages(budgets: Sequence[Budget]) -> list[BudgetUsage]:
    """Return how much of each budget is used, in a few queries however many budgets there are.

    Held credits count in every period, whenever the job was created: they are still to be paid.
    """
    if not budgets:
        return []
    ledger, where = LedgerSnapshot(), _counted_by_any(budgets)
    held = ledger.totals_by(_OWNERS, where)
    first_days = {period: first_day(period) for period in {Period(budget.period) for budget in budgets}}
    spent = {
        period: ledger.totals_by(_OWNERS, where & Q(day__gte=first)) if first else held
        for period, first in first_days.items()
    }
    return [
        BudgetUsage(budget, _total(spent[Period(budget.period)], budget).spent, _total(held, budget).held)
        for budget in budgets
    ]


def _counted_by_any(budgets: Iterable[Budget]) -> Q:
    """Return the condition of ledger entries that one of the budgets counts."""
    where = Q()
    for budget in budgets:
        # a budget of the whole studio counts every entry; an empty Q in the disjunction below would be ignored
        if budget.project_id is None and budget.person_id is None:
            return Q()
        owners = {"project": budget.project_id, "person": budget.person_id}
        where |= Q(**{name: key for name, key in owners.items() if key is not None})
    return where


def _total(groups: Groups, budget: Budget) -> CreditTotals:
    counted = (
        totals
        for (project, person), totals in groups.items()
        if budget.project_id in (None, project) and budget.person_id in (None, person)
    )
    return sum(counted, CreditTotals())


def first_day(period: Period) -> date | None:
    """Return the day, in UTC, with which the present period began; None for the whole time."""
    today = timezone.now().date()
    return {Period.DAY: today, Period.MONTH: today.replace(day=1), Period.TOTAL: None}[period]


def describe(budget: Budget) -> str:
    """Return a budget in words: `today's budget of anna on “Film”`."""
    words = _("{period_words} budget").format(period_words=_(PERIOD_WORDS[Period(budget.period)]))
    if budget.project is None and budget.person is None:
        return _("{words} of the whole studio").format(words=words)
    if budget.person is not None:
        words = _("{words} of {person}").format(words=words, person=budget.person.get_username())
    return (
        _("{words} on “{name}”").format(words=words, name=budget.project.name) if budget.project is not None else words
    )
