"""The pages of the clean-up: its rules, and what goes by them. Staff have the studio's, owners their project's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.access import permissions
from projects.actions.clean_up.plan import make_plan
from projects.actions.clean_up.remove import Removed, clean_up
from projects.actions.clean_up.rules import MAX_DAYS, remove_rule, rule_for, save_rule, studio_rule
from projects.models import CleanUpRule, Project
from projects.pages.responses import Request, form_status, page


def _days() -> forms.IntegerField:
    message = format_lazy(gettext_lazy("Enter 1 to {max_days} days, or nothing for never."), max_days=MAX_DAYS)
    texts = dict.fromkeys(("invalid", "min_value", "max_value"), message)
    return forms.IntegerField(required=False, min_value=1, max_value=MAX_DAYS, error_messages=texts)


class ProjectRuleForm(forms.Form):
    """The days of a project; empty is never."""

    rejected_days = _days()
    trash_days = _days()


class StudioRuleForm(ProjectRuleForm):
    """The days of the studio."""

    cache_days = _days()


@page("GET", "HEAD", "POST")
def studio(request: Request) -> HttpResponse:
    """Show the studio's rule and what goes by all rules; a POST stores the rule."""
    permissions.require_staff(request.user)
    return _rule_page(request, None, StudioRuleForm, studio_rule())


@page("GET", "HEAD", "POST")
def project(request: Request, project_id: str) -> HttpResponse:
    """Show a project's rule and what goes of the project; a POST stores the rule, or goes back to the studio's."""
    project = permissions.project_for(request.user, project_id, "own")
    if request.method == "POST" and "studio" in request.POST:
        remove_rule(project, request.user)
        messages.success(request, _("This project now follows the studio's rules."))
        return redirect("clean-up-project", project.slug)
    return _rule_page(request, project, ProjectRuleForm, rule_for(project))


def _rule_page(
    request: Request, project: Project | None, kind: type[ProjectRuleForm], rule: CleanUpRule
) -> HttpResponse:
    if request.method == "POST":
        form = kind(request.POST)
        if form.is_valid():
            save_rule(project, request.user, **form.cleaned_data)
            messages.success(request, _("Rules saved."))
            return redirect(request.path)
    else:
        form = kind(initial={name: getattr(rule, name) for name in kind.base_fields})
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "has_own": bool(project and rule.project_id),
        "plan": make_plan(project),
        "max_days": MAX_DAYS,
        "moves_rejected": bool(settings.REJECTED_ROOT),
    }
    return render(request, "projects/clean_up.html", context, status=form_status(form))


@page("POST")
def studio_now(request: Request) -> HttpResponse:
    """Clean up by all rules."""
    permissions.require_staff(request.user)
    _tell(request, clean_up(by=request.user))
    return redirect("clean-up")


@page("POST")
def project_now(request: Request, project_id: str) -> HttpResponse:
    """Clean up one project."""
    project = permissions.project_for(request.user, project_id, "own")
    _tell(request, clean_up(project, by=request.user))
    return redirect("clean-up-project", project.slug)


def _tell(request: Request, removed: Removed) -> None:
    size = filesizeformat(removed.bytes)
    words = ngettext("Removed {count} file, {size}.", "Removed {count} files, {size}.", removed.count)
    messages.success(request, words.format(count=removed.count, size=size))
