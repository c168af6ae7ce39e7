"""Who may see, set and remove which budget."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from generation.models import Budget
from projects import mirror
from projects.access import audit, permissions
from projects.models import Project
from projects.problems import conflict, forbidden, not_found, wrong_field

MAX_CREDITS = Decimal("9999999999.99")
# ids have at most 18 digits here: a larger number would not fit into the column
_MAX_ID_DIGITS = 18


def visible_to(user: User) -> QuerySet[Budget]:
    """Select the budgets of the person's projects, of the studio, and their own; staff see all."""
    budgets = Budget.objects.select_related("project", "person", "set_by")
    if user.is_staff:
        return budgets
    own_projects = Q(project__in=permissions.visible_to(user).values("pk"))
    return budgets.filter(own_projects | Q(project=None) & (Q(person=None) | Q(person=user)))


def get_budget(user: User, budget_id: str) -> Budget:
    """Return a budget that the person may see. Raise Problem 404 for any other."""
    is_id = budget_id.isascii() and budget_id.isdigit() and len(budget_id) <= _MAX_ID_DIGITS
    budget = visible_to(user).filter(pk=int(budget_id)).first() if is_id else None
    if budget is None:
        raise not_found(_("budget"))
    return budget


def set_budget(user: User, *, project: Project | None, username: str | None, period: str, credits: Decimal) -> Budget:
    """Set a budget, or change the one of the same project, person and period.

    The owner sets those of a project and of its members on it; staff set those of a person and of the whole studio.
    Raise Problem 403 for anybody else, 422 for a wrong field, 409 when two people set the same one at once.
    """
    _check_may_set(user, project)
    if period not in Budget.Period.values:
        raise wrong_field("period", _("period must be one of {values}.").format(values=", ".join(Budget.Period.values)))
    if not Decimal(0) <= credits <= MAX_CREDITS or credits != round(credits, 2):
        raise wrong_field(
            "credits",
            _("credits must be from 0 to {max_credits}, with at most two decimals.").format(max_credits=MAX_CREDITS),
        )
    person = _person(project, username)
    # a text, since unique constraints over nullable columns allow duplicates
    scope = f"{project.pk if project else '-'}/{person.pk if person else '-'}/{period}"
    values = {"credits": credits, "set_by": user, "changed_at": timezone.now()}
    new_values = {"project": project, "person": person, "period": period, **values}
    try:
        with transaction.atomic():
            if project:
                mirror.changed_document(project)
            name = person.username if person else ""
            audit.enter(audit.Action.BUDGET_SET, user, name, project, period=period, credits=f"{credits:f}")
            return Budget.objects.update_or_create(scope=scope, defaults=values, create_defaults=new_values)[0]
    except IntegrityError:
        raise conflict(_("Someone else is changing this budget. Reload and try again."), "busy") from None


def remove_budget(user: User, budget: Budget) -> None:
    """Remove a budget. Raise Problem 403 for whoever may not set it."""
    _check_may_set(user, budget.project)
    with transaction.atomic():
        if budget.project:
            mirror.changed_document(budget.project)
        name = budget.person.username if budget.person else ""
        audit.enter(audit.Action.BUDGET_REMOVED, user, name, budget.project, period=budget.period)
        budget.delete()


def _check_may_set(user: User, project: Project | None) -> None:
    if project is None and not user.is_staff:
        raise forbidden(_("Only staff can set budgets for a person or for the whole studio."))
    if project is not None and not permissions.has_right(user, project, "own"):
        raise forbidden(_("Only the owner of this project can set its budgets."))


def _person(project: Project | None, username: str | None) -> User | None:
    if username is None:
        return None
    people = User.objects.filter(username=username, is_active=True)
    # nobody else can spend credits on the project
    if project is not None:
        people = people.filter(memberships__project=project)
    if (person := people.first()) is None:
        where = _("in this project") if project else _("here")
        raise wrong_field(
            "username", _("There is nobody called {username} {where}.").format(username=username, where=where)
        )
    return person
