"""Budgets: what may be spent at most, how much of it is gone, and who has set it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from generation.models import Budget
from generation.money import budget_settings
from generation.money import budgets as money
from projects.access import permissions
from projects.models import Membership, Project
from projects.pages.responses import Request, add_problem_to_form, form_status, page
from projects.problems import Problem


class BudgetForm(forms.Form):
    project = forms.ModelChoiceField(
        Project.objects.none(),
        to_field_name="slug",
        required=False,
        error_messages={"invalid_choice": "Choose a project that is yours."},
    )
    username = forms.CharField(max_length=150, required=False)
    period = forms.ChoiceField(
        choices=Budget.Period.choices,
        error_messages={"required": "Choose a time: day, month or total.", "invalid_choice": "Choose a time."},
    )
    credits = forms.DecimalField(
        min_value=0,
        max_value=budget_settings.MAX_CREDITS,
        decimal_places=2,
        error_messages={
            "required": "Write how many credits.",
            "invalid": "credits must be a number.",
            "min_value": "credits must be 0 or more.",
        },
    )

    def __init__(self, projects: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]


@page("GET", "HEAD", "POST")
def budgets(request: Request) -> HttpResponse:
    """The list; a POST sets one."""
    mine = _owned(request)
    if request.method != "POST":
        form = BudgetForm(mine, initial={"project": request.GET.get("project"), "period": "total"})
        return _budgets_page(request, form)
    form = BudgetForm(mine, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            budget = budget_settings.set_budget(
                request.user,
                project=given["project"],
                username=given["username"] or None,
                period=given["period"],
                credits=given["credits"],
            )
            messages.success(request, f"{money.describe(budget).capitalize()} is set.")
            return redirect("budgets")
        except Problem as problem:
            if problem.status == 403:
                raise
            add_problem_to_form(form, problem)
    return _budgets_page(request, form)


def _owned(request: Request) -> Any:
    owned = Membership.objects.filter(user=request.user, role=Membership.Role.OWNER).values("project")
    return permissions.projects_of(request.user).filter(pk__in=owned)


def _budgets_page(request: Request, form: BudgetForm) -> HttpResponse:
    owned = set(_owned(request).values_list("pk", flat=True))
    rows = [
        {
            "state": state,
            "name": money.describe(state.budget),
            "may_set": state.budget.project_id in owned if state.budget.project_id else request.user.is_staff,
        }
        for state in money.usages(list(budget_settings.visible_to(request.user)))
    ]
    context = {
        "rows": rows,
        "form": form,
        "projects": _owned(request),
        "periods": [("day", "each day"), ("month", "each month"), ("total", "in all")],
        "may_set": bool(owned) or request.user.is_staff,
    }
    return render(request, "generation/budgets.html", context, status=form_status(form))


@page("POST")
def remove(request: Request, budget_id: int) -> HttpResponse:
    budget_settings.remove_budget(request.user, budget_settings.get_budget(request.user, str(budget_id)))
    messages.success(request, "The budget is gone: nothing holds that spending up any more.")
    return redirect("budgets")
