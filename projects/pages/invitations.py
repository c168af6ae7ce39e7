"""Invitations: the page that their link opens, and what the owner does with them on the page of members."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from projects.access import permissions
from projects.actions import invitations
from projects.models import Invitation
from projects.pages.forms import JoinForm, RoleForm
from projects.pages.members import members_page
from projects.pages.responses import Request, add_problem_to_form, continue_by_page, form_status, page
from projects.problems import Problem, wrong_field


@page("POST")
@never_cache
def invite(request: Request, project_id: str) -> HttpResponse:
    """Create a link and show it: it is stored as a digest, so a page after a redirect could not."""
    project = permissions.project_for(request.user, project_id, "own")
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise wrong_field("role", str(form.errors["role"][0]))
    values = form.cleaned_data
    _, token = invitations.create_invitation(request.user, project, values["role"], may_spend=values["may_spend"])
    link = request.build_absolute_uri(reverse("join", args=[token]))
    return members_page(request, project, link=link)


@page("POST")
def revoke(request: Request, project_id: str, invitation_id: int) -> HttpResponse:
    """Revoke an invitation."""
    project = permissions.project_for(request.user, project_id, "own")
    invitations.revoke_invitation(request.user, project, invitation_id)
    messages.success(request, _("Invitation revoked."))
    return redirect("members", project.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation; a POST accepts it: as the person who is signed in, else with a new account.

    Opening the link uses up nothing, so link checkers do no harm.
    """
    if request.method == "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        # the browser sends no strict cookie along from another site, and the person may be signed in
        return continue_by_page(request, request.path)
    form = JoinForm()
    try:
        invitation = invitations.find_invitation(token)
        if request.method == "POST":
            if isinstance(request.user, User):
                project = invitations.accept_invitation(token, request.user)
                messages.success(request, _("You have joined “{name}”.").format(name=project.name))
                return redirect("project", project.slug)
            form = JoinForm(request.POST)
            if form.is_valid() and (user := _join(token, form)):
                login(request, user, backend="django.contrib.auth.backends.ModelBackend")
                return redirect("project", invitation.project.slug)
    except Problem as problem:
        return render(request, "projects/join.html", {"problem": problem}, status=problem.status)
    return _show(request, invitation, form)


def _join(token: str, form: JoinForm) -> User | None:
    """Return the new account; None where a field is wrong, which the form then tells."""
    try:
        return invitations.join_with_account(token, form.cleaned_data["username"], form.cleaned_data["password"])[0]
    except Problem as problem:
        if problem.status != 422:
            raise
        add_problem_to_form(form, problem)
        return None


def _show(request: HttpRequest, invitation: Invitation, form: JoinForm) -> HttpResponse:
    return render(request, "projects/join.html", {"invitation": invitation, "form": form}, status=form_status(form))
