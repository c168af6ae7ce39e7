"""The page of budgets: the limits in force, how much of each is used, and a form that sets one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from generation.models import Budget
from generation.money.budget_settings import MAX_CREDITS, get_budget, remove_budget, set_budget, visible_to
from generation.money.budgets import describe, usages
from projects.access import permissions
from projects.models import Membership, Project
from projects.pages.responses import Request, add_problem_to_form, form_status, page
from projects.problems import Problem

PERIODS = [
    ("day", gettext_noop("each day")),
    ("month", gettext_noop("each month")),
    ("total", gettext_noop("in total")),
]
# so many names are offered; others can be typed
MAX_PEOPLE = 200


class BudgetForm(forms.Form):
    """A budget of a project or, without one, of the whole studio; of one person or, without one, of all together."""

    project = forms.ModelChoiceField(
        Project.objects.none(),
        to_field_name="slug",
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a project that you own.")},
    )
    username = forms.CharField(max_length=150, required=False)
    period = forms.ChoiceField(
        choices=Budget.Period.choices,
        error_messages={
            "required": gettext_lazy("Choose a period: day, month or total."),
            "invalid_choice": gettext_lazy("Choose a period: day, month or total."),
        },
    )
    credits = forms.DecimalField(
        min_value=0,
        max_value=MAX_CREDITS,
        decimal_places=2,
        error_messages={
            "required": gettext_lazy("Enter a number of credits."),
            "invalid": gettext_lazy("credits must be a number."),
            "min_value": gettext_lazy("credits must be 0 or more."),
        },
    )

    def __init__(self, projects: QuerySet[Project], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]


@page("GET", "HEAD", "POST")
def budgets(request: Request) -> HttpResponse:
    """Show the budgets; a POST sets one."""
    projects = _owned_projects(request.user)
    if request.method != "POST":
        form = BudgetForm(projects, initial={"project": request.GET.get("project"), "period": "total"})
        return _show(request, form)
    form = BudgetForm(projects, request.POST)
    if form.is_valid():
        # an empty box stands for everybody, which the action knows as None
        values = form.cleaned_data | {"username": form.cleaned_data["username"] or None}
        try:
            budget = set_budget(request.user, **values)
            messages.success(request, _("{budget} is set.").format(budget=capfirst(describe(budget))))
            return redirect("budgets")
        except Problem as problem:
            # a form that was not offered was sent by hand
            if problem.status == 403:
                raise
            add_problem_to_form(form, problem)
    return _show(request, form)


@page("POST")
def remove(request: Request, budget_id: int) -> HttpResponse:
    """Remove a budget."""
    remove_budget(request.user, get_budget(request.user, str(budget_id)))
    messages.success(request, _("Budget removed. It no longer limits spending."))
    return redirect("budgets")


def _owned_projects(user: User) -> QuerySet[Project]:
    owned = Membership.objects.filter(user=user, role=Membership.Role.OWNER).values("project")
    return permissions.projects_of(user).filter(pk__in=owned)


def _people(user: User, projects: set[int]) -> list[str]:
    """Return the sign-in names that are offered: members of these projects, and to staff everybody."""
    people = User.objects.filter(is_active=True)
    if not user.is_staff:
        people = people.filter(pk__in=Membership.objects.filter(project__in=projects).values("user"))
    return list(people.order_by("username").values_list("username", flat=True)[:MAX_PEOPLE])


def _show(request: Request, form: BudgetForm) -> HttpResponse:
    projects = _owned_projects(request.user)
    owned = {project.pk for project in projects}
    rows = [
        {
            "usage": usage,
            "name": describe(usage.budget),
            # as remove_budget() decides, for the whole list with one query
            "may_remove": usage.budget.project_id in owned if usage.budget.project_id else request.user.is_staff,
        }
        for usage in usages(list(visible_to(request.user)))
    ]
    context = {
        "rows": rows,
        "form": form,
        "projects": projects,
        "people": _people(request.user, owned),
        "periods": PERIODS,
        "may_set": bool(owned) or request.user.is_staff,
    }
    return render(request, "generation/budgets.html", context, status=form_status(form))
