"""The members of a project and what each may do: every member sees the page, the owner changes it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from projects import actions
from projects.access import permissions
from projects.actions.invitations import open_invitations
from projects.models import Membership, Project
from projects.pages.forms import MemberForm, RoleForm
from projects.pages.responses import Request, add_problem_to_form, form_status, page
from projects.problems import Problem, wrong_field


@page("GET", "HEAD", "POST")
def members(request: Request, project_id: str) -> HttpResponse:
    """Show the members; a POST adds one."""
    if request.method != "POST":
        return members_page(request, permissions.project_for(request.user, project_id))
    project = permissions.project_for(request.user, project_id, "own")
    form = MemberForm(request.POST)
    if form.is_valid():
        fields = form.cleaned_data
        try:
            actions.add_member(request.user, project, fields["username"], fields["role"], may_spend=fields["may_spend"])
            messages.success(request, _("{fields} is now a member of the project.").format(fields=fields["username"]))
            return redirect("members", project.slug)
        except Problem as problem:
            add_problem_to_form(form, problem)
    return members_page(request, project, form)


def members_page(request: Request, project: Project, form: forms.Form | None = None, link: str = "") -> HttpResponse:
    """Render the page; a form that is given has errors, `link` is an invitation that was made just now."""
    form = form or MemberForm(initial={"role": Membership.Role.VIEWER})
    members = project.memberships.select_related("user").order_by("user__username")
    # the owner may spend whatever the row says
    rows = [{"member": member, "may_spend": permissions.allows(member, "spend")} for member in members]
    may_own = permissions.has_right(request.user, project, "own")
    context = {
        "project": project,
        "rows": rows,
        "form": form,
        "link": link,
        "invitations": open_invitations(project) if may_own else [],
        "may_own": may_own,
    }
    return render(request, "projects/members.html", context, status=form_status(form))


@page("POST")
def change_member(request: Request, project_id: str, username: str) -> HttpResponse:
    """Set a member's role and right to spend; the role of owner hands the project over."""
    project = permissions.project_for(request.user, project_id, "own")
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise wrong_field("role", str(form.errors["role"][0]))
    # an owner may always spend, so the box of the form does not count for one
    role, may_spend = form.cleaned_data["role"], form.cleaned_data["may_spend"]
    if role == Membership.Role.OWNER:
        actions.change_member(request.user, project, username, role=role)
        messages.success(
            request, _("{username} now owns the project. You are an editor who may spend.").format(username=username)
        )
    else:
        actions.change_member(request.user, project, username, role=role, may_spend=may_spend)
        words = _("{username} is now an editor.") if role == "editor" else _("{username} is now a viewer.")
        messages.success(request, words.format(username=username))
    return redirect("members", project.slug)


@page("POST")
def remove_member(request: Request, project_id: str, username: str) -> HttpResponse:
    """Remove a member; everybody may leave, and only the owner removes others."""
    is_leaving = username == request.user.username
    project = permissions.project_for(request.user, project_id, "see" if is_leaving else "own")
    actions.remove_member(request.user, project, username)
    if is_leaving:
        messages.success(request, _("You have left “{name}”.").format(name=project.name))
        return redirect("projects")
    messages.success(request, _("{username} is no longer a member of the project.").format(username=username))
    return redirect("members", project.slug)
