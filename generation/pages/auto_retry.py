"""The page on which the automatic retry of a project is turned on and off."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.actions import auto_retry
from generation.actions.auto_retry import MAX_TAKES
from projects.access import permissions
from projects.models import Project
from projects.pages.responses import Request, add_problem_to_form, form_status, page
from projects.problems import Problem


class LimitsForm(forms.Form):
    """How often a take is retried, and how many credits all retries may cost."""

    takes = forms.IntegerField(
        error_messages={
            "required": gettext_lazy("Choose how many retries."),
            "invalid": format_lazy(gettext_lazy("takes must be from 1 to {max_takes}."), max_takes=MAX_TAKES),
        }
    )
    credits = forms.DecimalField(
        decimal_places=2,
        error_messages={
            "required": gettext_lazy("Enter a number of credits."),
            "invalid": gettext_lazy("credits must be a number."),
        },
    )


@page("GET", "HEAD", "POST")
def settings(request: Request, project_id: str) -> HttpResponse:
    """Show the rule; a POST turns the automatic retry on, or sets other limits."""
    if request.method != "POST":
        return _show(request, permissions.project_for(request.user, project_id))
    project = permissions.project_for(request.user, project_id, "spend")
    form = LimitsForm(request.POST)
    if form.is_valid():
        try:
            auto_retry.enable(request.user, project, **form.cleaned_data)
        except Problem as problem:
            add_problem_to_form(form, problem)
        else:
            messages.success(request, _("Automatic retry is on. Retries are paid for in your name."))
            return redirect("auto-retry", project.slug)
    return _show(request, project, form)


@page("POST")
def disable(request: Request, project_id: str) -> HttpResponse:
    """Turn the automatic retry off."""
    project = permissions.project_for(request.user, project_id, "spend")
    auto_retry.disable(request.user, project)
    messages.success(request, _("Automatic retry is off. Retries in progress continue."))
    return redirect("auto-retry", project.slug)


def _show(request: Request, project: Project, form: LimitsForm | None = None) -> HttpResponse:
    rule = auto_retry.find_rule(project)
    # normalized: the column has two decimals, and nobody typed them
    initial = {"takes": rule.takes, "credits": rule.credits.normalize()} if rule else {"takes": 1}
    form = form or LimitsForm(initial=initial)
    context = {
        "project": project,
        "rule": rule,
        "spent": auto_retry.spent_credits(rule) if rule else 0,
        "is_stopped": rule is not None and not auto_retry.is_allowed(rule),
        "form": form,
        "take_counts": [str(number) for number in range(1, MAX_TAKES + 1)],
        "chosen": str(form["takes"].value()),
        **permissions.rights(request.user, project),
    }
    return render(request, "generation/auto_retry.html", context, status=form_status(form))
