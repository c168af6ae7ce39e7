"""Budgets that block: what is spent and what is held counts, and two requests at once cannot both pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from generation.models import Budget
from generation.money import totals
from generation.serializers import plain_number
from projects.access import permissions
from projects.models import Project
from projects.problems import Problem, conflict, forbidden, not_found, wrong_field

Period = Budget.Period
MOST = Decimal("9999999999.99")
PERIODS = {Period.DAY: "today's", Period.MONTH: "this month's", Period.TOTAL: "the"}


@dataclass(frozen=True)
class State:
    """A budget and how much of it is gone: paid in its period, and held for what is on its way."""

    budget: Budget
    spent: Decimal
    held: Decimal

    @property
    def used(self) -> Decimal:
        return self.spent + self.held

    @property
    def left(self) -> Decimal:
        return self.budget.credits - self.used

    @property
    def part(self) -> int:
        """Per cent of it that is gone, 0 to 100."""
        if self.budget.credits <= 0:
            return 100
        return max(0, min(100, int(self.used * 100 / self.budget.credits)))


def check(user: User, project: Project, credits: Decimal | None) -> None:
    """Problem 409 when a request (or several, by their sum) would pass a budget; nothing may have been started then.

    It must run in the transaction that creates the jobs: SQLite lets in one writer at a time, PostgreSQL holds the
    budgets' rows until that transaction ends.
    """
    _check_all(Budget.objects.select_for_update().filter(_on(project, user)).order_by("pk"), credits)


def refusal(user: User, project: Project, credits: Decimal | None) -> str:
    """What `check` would say now, for a page that tells it before the press; empty where nothing is in the way."""
    try:
        _check_all(Budget.objects.filter(_on(project, user)).order_by("pk"), credits)
    except Problem as problem:
        return problem.message
    return ""


def _check_all(in_force: QuerySet[Budget], credits: Decimal | None) -> None:
    for found in states(list(in_force)):
        if credits is None:
            name = whose(found.budget)
            message = f"The price of this model is not known, so {name} cannot be kept: choose another model."
            raise conflict(message, "price_unknown")
        _check(found, credits)


def _check(found: State, credits: Decimal) -> None:
    missing = credits - found.left
    if credits <= 0 or missing <= 0:
        return
    left = f"{plain_number(max(found.left, Decimal(0)))} of {plain_number(found.budget.credits)} credits left"
    message = (
        f"{plain_number(missing)} credits are missing: this costs about {plain_number(credits)},"
        f" and {whose(found.budget)} has {left}. Nothing was started."
    )
    raise conflict(message, "budget_exceeded")


def _on(project: Project, user: User) -> Q:
    return (Q(project=project) | Q(project=None)) & (Q(person=user) | Q(person=None))


def state(budget: Budget) -> State:
    return states([budget])[0]


def states(found: Sequence[Budget]) -> list[State]:
    """Of any number of budgets, in a few queries. What is held counts whenever it was asked for: it is to be paid."""
    if not found:
        return []
    book, where = totals.Book(), Q()
    for budget in found:
        where |= _scope(budget)
    if any(not _scope(budget) for budget in found):
        where = Q()
    periods = {budget.period: _first_day(Period(budget.period)) for budget in found}
    whose = ("project", "person")
    held = book.by(whose, where)
    spent = {
        period: held if first is None else book.by(whose, where & Q(day__gte=first))
        for period, first in periods.items()
    }
    return [State(budget, _sum(spent[budget.period], budget, "spent"), _sum(held, budget, "held")) for budget in found]


def _scope(budget: Budget) -> Q:
    """Empty for the whole studio."""
    found = Q() if budget.project_id is None else Q(project=budget.project_id)
    return found if budget.person_id is None else found & Q(person=budget.person_id)


def _sum(groups: dict[tuple[Any, ...], totals.Sums], budget: Budget, what: str) -> Decimal:
    return sum(
        (
            getattr(group, what)
            for (project, person), group in groups.items()
            if budget.project_id in (None, project) and budget.person_id in (None, person)
        ),
        Decimal(0),
    )


def _first_day(period: Period) -> date | None:
    today = timezone.now().date()
    return {Period.DAY: today, Period.MONTH: today.replace(day=1), Period.TOTAL: None}[period]


def whose(budget: Budget) -> str:
    """In words: today's budget of anna on “Film”."""
    words = f"{PERIODS[Period(budget.period)]} budget"
    if budget.project is None and budget.person is None:
        return f"{words} of the whole studio"
    if budget.person is not None:
        words += f" of {budget.person.get_username()}"
    return f"{words} on “{budget.project.name}”" if budget.project is not None else words


def seen_by(user: User) -> QuerySet[Budget]:
    """Those of the projects that the person is in, the studio's, and their own; staff see all."""
    found = Budget.objects.select_related("project", "person", "set_by")
    if user.is_staff:
        return found
    mine = Q(project__in=permissions.visible_to(user).values("pk"))
    return found.filter(mine | Q(project=None) & (Q(person=None) | Q(person=user)))


def put(user: User, *, project: Project | None, username: str | None, period: str, credits: Decimal) -> Budget:
    """Set one: of a project (and its members) by its owner, of a person or of the studio by staff."""
    _may_set(user, project)
    if period not in Period.values:
        raise wrong_field("period", f"period must be one of {', '.join(Period.values)}.")
    if not Decimal(0) <= credits <= MOST or credits != round(credits, 2):
        raise wrong_field("credits", "credits must be from 0 to 9999999999.99, with at most two decimals.")
    person = _person(project, username)
    scope = f"{project.pk if project else '-'}/{person.pk if person else '-'}/{period}"
    values = {"credits": credits, "set_by": user, "changed_at": timezone.now()}
    whole = {"project": project, "person": person, "period": period, **values}
    try:
        with transaction.atomic():
            return Budget.objects.update_or_create(scope=scope, defaults=values, create_defaults=whole)[0]
    except IntegrityError:
        raise conflict("Somebody sets this budget right now; look again.", "busy") from None


def remove(user: User, budget: Budget) -> None:
    _may_set(user, budget.project)
    budget.delete()


def find(user: User, budget_id: str) -> Budget:
    number = budget_id.isascii() and budget_id.isdigit() and len(budget_id) < 19
    found = seen_by(user).filter(pk=int(budget_id)).first() if number else None
    if found is None:
        raise not_found("budget")
    return found


def _may_set(user: User, project: Project | None) -> None:
    if project is None and not user.is_staff:
        raise forbidden("Budgets of persons and of the whole studio are set by its staff.")
    if project is not None and not permissions.has_right(user, project, "own"):
        raise forbidden("Only the owner of this project may set its budgets.")


def _person(project: Project | None, username: str | None) -> User | None:
    if username is None:
        return None
    known = User.objects.filter(username=username, is_active=True)
    if project is not None:
        known = known.filter(memberships__project=project)
    if (person := known.first()) is None:
        where = "in this project" if project else "here"
        raise wrong_field("username", f"There is nobody called {username} {where}.")
    return person
