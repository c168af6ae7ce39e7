"""Who belongs to a project and what each may do. Everybody in it sees that; its owner changes it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from projects import actions
from projects.access import permissions
from projects.models import Membership, Project
from projects.pages.forms import MemberForm, RoleForm
from projects.pages.responses import Request, page, status_of, tell
from projects.problems import Problem, wrong_field


@page("GET", "HEAD", "POST")
def members(request: Request, project_id: str) -> HttpResponse:
    """The list; a POST lets somebody in."""
    if request.method != "POST":
        return members_page(request, permissions.project_for(request.user, project_id))
    project = permissions.project_for(request.user, project_id, "own")
    form = MemberForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.add_member(project, given["username"], given["role"], may_spend=given["may_spend"])
            messages.success(request, f"{given['username']} belongs to the project now.")
            return redirect("members", project.slug)
        except Problem as problem:
            tell(form, problem)
    return members_page(request, project, form)


def members_page(request: Request, project: Project, form: forms.Form | None = None) -> HttpResponse:
    """A form is given when it has something to tell."""
    form = form or MemberForm(initial={"role": Membership.Role.VIEWER})
    found = project.memberships.select_related("user").order_by("user__username")
    # the owner may spend whatever the row says
    rows = [{"member": member, "may_spend": permissions.allows(member, "spend")} for member in found]
    context = {
        "project": project,
        "rows": rows,
        "form": form,
        "may_own": permissions.has_right(request.user, project, "own"),
    }
    return render(request, "projects/members.html", context, status=status_of(form))


@page("POST")
def change_member(request: Request, project_id: str, username: str) -> HttpResponse:
    """Role and right to spend together, as the row's form has them; the role of an owner hands the project over."""
    project = permissions.project_for(request.user, project_id, "own")
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise wrong_field("role", str(form.errors["role"][0]))
    role, may_spend = form.cleaned_data["role"], form.cleaned_data["may_spend"]
    if role == Membership.Role.OWNER:
        actions.change_member(project, username, role=role)
        messages.success(request, f"The project belongs to {username} now. You are an editor of it who may spend.")
    else:
        actions.change_member(project, username, role=role, may_spend=may_spend)
        messages.success(request, f"{username} is {'an editor' if role == 'editor' else 'a viewer'} now.")
    return redirect("members", project.slug)


@page("POST")
def remove_member(request: Request, project_id: str, username: str) -> HttpResponse:
    """Everybody may leave; only the owner shows others the door."""
    leaves = username == request.user.username
    project = permissions.project_for(request.user, project_id, "see" if leaves else "own")
    actions.remove_member(project, username)
    if leaves:
        messages.success(request, f"You have left “{project.name}”.")
        return redirect("projects")
    messages.success(request, f"{username} no longer belongs to the project.")
    return redirect("members", project.slug)
